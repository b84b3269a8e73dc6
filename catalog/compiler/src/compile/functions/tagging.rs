//! `tag`, `tagged`.

use ficelle_language::{Error, Evaluated, Value, evaluator::Call};

use super::super::{Compiler, declare::flatten, frame::Frame, tags, texts};

pub(super) fn tag(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let container = Frame::of(call.scope).resource;
    let mut declared = compiler.table.get_mut(container);
    for argument in call.arguments {
        tags::add_value(&mut declared.tags, argument).map_err(Error::new)?;
    }
    Ok(Value::Undef)
}

pub(super) fn tagged(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let container = Frame::of(call.scope).resource;
    let mut wanted = Vec::new();
    for argument in call.arguments {
        flatten(argument, &mut wanted);
    }
    let every = wanted.iter().all(|tag| {
        let tag = texts::display(tag).to_lowercase();
        compiler.tags.borrow().contains(tag.as_str())
            || compiler.is_tagged(container, std::slice::from_ref(&tag))
    });
    Ok(Value::Boolean(every))
}

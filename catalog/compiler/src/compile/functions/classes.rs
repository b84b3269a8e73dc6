//! `include`, `contain`, `require`.

use std::rc::Rc;

use ficelle_language::{Error, Evaluated, Value, evaluator::Call};

use super::super::{
    Compiler,
    classes::references,
    declare::{class_reference, flatten, reference_value},
    frame::Frame,
    resources::{Line, Mode, Parameter},
};

pub(super) fn include(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let names = compiler.class_names(call.arguments)?;
    compiler.include(&names, call.scope, call.evaluator)?;
    Ok(references(&names))
}

pub(super) fn contain(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let names = compiler.class_names(call.arguments)?;
    let ids = compiler.include(&names, call.scope, call.evaluator)?;
    compiler.contain(&ids, call.scope);
    Ok(references(&names))
}

pub(super) fn require(compiler: &Compiler<'_>, call: &Call<'_, '_>) -> Evaluated {
    let names = compiler.class_names(call.arguments)?;
    compiler.include(&names, call.scope, call.evaluator)?;
    let container = Frame::of(call.scope).resource;
    for name in &names {
        let mut declared = compiler.table.get_mut(container);
        let mut required = Vec::new();
        if let Some(known) = declared.value("require") {
            flatten(&known, &mut required);
            required.retain(|value| !matches!(value, Value::Undef));
        }
        required.push(reference_value(&class_reference(name)));
        let parameter = Parameter {
            value: Value::array(required),
            origin: Rc::clone(&declared.origin),
            line: Line::Unknown,
            mode: Mode::Replace,
        };
        declared
            .set("require".into(), parameter)
            .map_err(Error::new)?;
    }
    Ok(references(&names))
}

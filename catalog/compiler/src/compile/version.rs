//! The catalog's version, where a command of the environment gives it.

use std::sync::Arc;

use ficelle_language::Evaluated;
use ficelle_model::inputs::Inputs as _;

use super::{Compiler, overrides::without_place};

impl Compiler<'_> {
    /// What `config_version` says, else the newest input's time; here, where inputs have no time
    /// of their own, it is left to whoever writes the answer.
    pub(super) fn version(&self) -> Evaluated<Arc<str>> {
        let Some(command) = &self.environment.configuration().config_version else {
            return Ok("".into());
        };
        let failed = |reason: String| {
            without_place(format!(
                "Execution of config_version command `{command}` failed: {reason}"
            ))
        };
        let output = self
            .inputs
            .run(&shell_words(command))
            .map_err(|error| failed(error.to_string()))?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if output.status != 0 {
            return Err(failed(format!(
                "Execution of '{command}' returned {}: {}",
                output.status,
                text.trim()
            )));
        }
        Ok(text.trim().into())
    }
}

/// A command that is one text: run by a shell where something in it is the shell's.
fn shell_words(command: &str) -> Vec<String> {
    if command.contains(|letter| "*?{}[]<>()~&|\\$;'`\"\n#=%".contains(letter)) {
        return ["/bin/sh", "-c", command].map(str::to_owned).into();
    }
    command.split_whitespace().map(str::to_owned).collect()
}

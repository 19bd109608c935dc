//! The little of option parsing that the tasks need.

use crate::Result;

pub struct Args(Vec<String>);

impl Args {
    pub fn from_env() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// Takes `--name`, if it was given.
    pub fn flag(&mut self, name: &str) -> bool {
        let found = self.0.iter().position(|arg| arg == name);
        found.map(|at| self.0.remove(at)).is_some()
    }

    /// Takes `--name VALUE` or `--name=VALUE`, if it was given.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        if let Some(at) = self.0.iter().position(|arg| arg.starts_with(&joined)) {
            return Ok(Some(self.0.remove(at)[joined.len()..].to_owned()));
        }
        let Some(at) = self.0.iter().position(|arg| arg == name) else {
            return Ok(None);
        };
        self.0.remove(at);
        if at == self.0.len() {
            return Err(format!("{name} asks for a value"));
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Takes the first argument, whatever it looks like.
    pub fn positional(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Whether `--name` was given; it stays.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|arg| arg == name)
    }

    /// Takes all that is left, for a program that understands it.
    pub fn rest(self) -> Vec<String> {
        self.0
    }

    /// Refuses what nobody took, so that a misspelt option is never silently ignored.
    pub fn finish(self) -> Result {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => Err(format!("`{arg}` is not understood here; see `cargo xtask help`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn takes_options_in_any_order() {
        let mut args = args("pingpong --strict --runtime=smol --only b66");
        assert_eq!(args.value("--only"), Ok(Some("b66".to_owned())));
        assert_eq!(args.value("--runtime"), Ok(Some("smol".to_owned())));
        assert!(args.flag("--strict"));
        assert!(!args.flag("--strict"));
        assert_eq!(args.positional().as_deref(), Some("pingpong"));
        assert_eq!(args.finish(), Ok(()));
    }

    #[test]
    fn refuses_what_is_left_or_incomplete() {
        assert!(args("--onyl b66").finish().is_err());
        assert!(args("--only").value("--only").is_err());
    }
}

//! `melonmap key`.

use super::peopleargs::KeyCommand;
use super::{Failure, say};
use crate::app::{AppError, add_key};

pub fn run(command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::New(args) => {
            let file = args.file().ok_or(AppError::KeyNeeded)?;
            let id = add_key(&file)?;
            say::note(
                "import again what was sealed before to seal it with this key; a running server reads the file at its next start",
            );
            say::line(format_args!(
                "{} seals from now on with the key {id}; those before it still open",
                file.display()
            ));
            Ok(())
        }
    }
}

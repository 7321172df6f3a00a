//! Records what the original answers: `QUIRE_TEST_WRANGLER=wrangler record expected/FILE.json …` starts the file's project with it,
//! sends every request, and writes the answers into the file. Deliberate differences in the file are kept.

use std::path::Path;
use std::process::ExitCode;

use quire_end_to_end::expected::Recording;
use quire_end_to_end::{Command, checkout, is_wrangler, packages, wrangler_data};

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() || !is_wrangler() {
        eprintln!("usage: QUIRE_TEST_WRANGLER=/path/to/wrangler record FILE.json …");
        return ExitCode::FAILURE;
    }
    for file in files {
        let path = Path::new(&file);
        let mut recording = Recording::read(path);
        let project = checkout().join(&recording.project);
        packages::install(&project);
        packages::build(&project);
        // Answers that count begin with nothing. There may be nothing to remove.
        let _ = std::fs::remove_dir_all(wrangler_data());
        let command = (recording.arguments.iter())
            .fold(Command::serve(project), |command, argument| {
                command.argument(argument)
            });
        let server = command.start();
        for recorded in &mut recording.requests {
            let seen = recorded.send(&server);
            recorded.answer = Some(recorded.keep_compared(seen));
        }
        recording.recorded_from = "wrangler pages dev 4.164.0".to_owned();
        recording.write(path);
        println!("{file}: {} answers", recording.requests.len());
    }
    ExitCode::SUCCESS
}

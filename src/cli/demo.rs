//! `melonmap demo`.

use super::args::DemoArgs;
use super::{Failure, say};
use crate::app::{Demo, build_demo};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::time::Instant;

pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    let _traces = super::telemetry::start(&args.serve)?;
    let start = Instant::now();
    // Removed when this ends, however it ends short of a kill.
    let scratch = tempfile::Builder::new().prefix("melonmap-demo-").tempdir()?;
    let dir = args.dir.as_deref().unwrap_or(scratch.path());
    fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let file = dir.join("demo.db");
    for old in ["demo.db", "demo.db-wal", "demo.db-shm", "demo.json"] {
        match fs::remove_file(dir.join(old)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {e}", dir.join(old).display()).into());
            }
            _ => (),
        }
    }
    let location = file.to_str().ok_or("the folder's name is not UTF-8")?;
    let mut store = super::serve::open_store(location, true, "melonmap demo")?;
    // A key of its own, thrown away with the store.
    let mut settings = args.serve.clone();
    let key = settings.key.key.get_or_insert_with(|| dir.join("demo.key"));
    let demo = build_demo(&mut store, key, jiff::Timestamp::now(), |step| say::note(format_args!("  {step}")))?;
    super::serve::serve(store, &settings, |url| tell(&demo, url, dir, start.elapsed().as_secs_f64()))
}

fn tell(demo: &Demo, url: &str, dir: &Path, seconds: f64) -> Result<(), Failure> {
    let tokens: Map<String, Value> = demo.tokens.iter().map(|t| (t.role.to_string(), json!(t.secret))).collect();
    let link = demo.link.as_ref().map(|(name, secret)| json!({"user": name, "link": secret}));
    let about = json!({"url": url, "pid": std::process::id(), "tokens": tokens, "member": link});
    // Written aside and renamed: who waits for it never reads half of it.
    let (part, whole) = (dir.join("demo.json.part"), dir.join("demo.json"));
    fs::write(&part, about.to_string()).and_then(|()| fs::rename(&part, &whole))?;
    say::line(format_args!("\nMelonmap demo: Liechtenstein, ready in {seconds:.1} s"));
    say::line(
        "  real buildings, streets and municipalities © OpenStreetMap contributors (ODbL); of Firenze by way of Protomaps",
    );
    say::line(format_args!(
        "  SAMPLE DATA 示例数据: {} synthetic households and features, {} grids, {} made-up visits in {} editions, {} plans\n",
        say::count(demo.imported.new),
        demo.grids,
        say::count(demo.visits as u64),
        demo.editions,
        demo.plans
    ));
    say::line(format_args!("  the map, as anybody sees it   {url}/"));
    for token in &demo.tokens {
        let areas: Vec<&str> = token.areas.iter().map(crate::model::Code::as_str).collect();
        let reach = if areas.is_empty() { "everywhere".to_owned() } else { format!("in {}", areas.join(", ")) };
        say::line(format_args!("\n  {} ({reach})", token.role));
        say::line(format_args!("    sign in   {url}/#token={}", token.secret));
        say::line(format_args!("    token     {}", token.secret));
    }
    if let Some((name, secret)) = &demo.link {
        say::line(format_args!("\n  {name}, a visiting member, on a phone; the link signs in once"));
        say::line(format_args!("    sign in   {url}/#today=yes&link={secret}"));
    }
    say::line("\n  Ctrl-C stops it and throws the scratch store away.");
    Ok(())
}

"""What a generated handler costs beside one written by hand with `lambda_http`, as ratios in one run.

    python3 benches/handler.py --gatewright target/release/gatewright [--folder DIR]

Scaffolds specs/petstore.yaml, fills in `createPet`, and builds it and benches/handler/by_hand.rs with the profile that
`scaffold` writes. Both functions are then invoked in turns through the same loop of the Runtime API; their processor
time for an invocation, the median time of one, and the size of the binaries are compared. Needs cargo, and a registry
for lambda_http, which gatewright itself does not use.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 5
COUNT = 20_000

HANDLER = """//! `POST /pets`

use crate::api::models::{NewPet, Pet, PetStatus};
use crate::api::ops::create_pet::{Input, Output};
use crate::api::rt::{Ctx, Error};

/// Takes a pet into the shop.
pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {
    let NewPet { name, kind, tags } = input.body;
    let pet = Pet { id: 3, name, kind, status: PetStatus::Available, tags };
    Ok(Output::Created { location: Some(format!("/pets/{}", pet.id)), body: pet })
}
"""

BY_HAND = """[package]
name = "by-hand"
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
lambda_http = { version = "1", default-features = false, features = ["apigw_rest", "tracing"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt"] }

"""


def built(folder, target, binary):
    command = ["cargo", "build", "--release", "--quiet", "--bin", binary, "--target-dir", target]
    subprocess.run(command, cwd=folder, check=True)
    return target / "release" / binary


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatewright", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, help="where to build, to be used again [default: a temporary one]")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.folder or pathlib.Path(temporary)).resolve()
        project, by_hand, target = folder / "generated", folder / "by-hand", folder / "target"
        spec = HERE.parent / "specs" / "petstore.yaml"
        scaffold = [arguments.gatewright.resolve(), "scaffold", spec, "-o", project, "--force"]
        subprocess.run(scaffold, check=True, stderr=subprocess.DEVNULL)
        (project / "src" / "handlers" / "create_pet.rs").write_text(HANDLER)
        profile = (project / "Cargo.toml").read_text().split("[profile.release]")[1]
        (by_hand / "src").mkdir(parents=True, exist_ok=True)
        (by_hand / "src" / "main.rs").write_text((HERE / "handler" / "by_hand.rs").read_text())
        (by_hand / "Cargo.toml").write_text(f"{BY_HAND}[profile.release]{profile}")
        driver = folder / "driver"
        rustc = ["rustc", "--edition", "2024", "-O", "-o", driver, HERE / "handler" / "driver.rs"]
        subprocess.run(rustc, check=True)
        binaries = {"generated": built(project, target, "create-pet"), "by hand": built(by_hand, target, "by-hand")}
        event = project / "events" / "create_pet.json"
        best = {}
        for _ in range(arguments.rounds):
            for name, binary in binaries.items():
                out = subprocess.run([driver, binary, event, str(COUNT)], check=True, capture_output=True, text=True)
                figures = [float(figure) for figure in out.stdout.split()]
                best[name] = [min(pair) for pair in zip(best.get(name, figures), figures)]
        sizes = {name: binary.stat().st_size for name, binary in binaries.items()}
    for at, what in enumerate(["processor time", "median time"]):
        ours, theirs = best["generated"][at] / 1e3, best["by hand"][at] / 1e3
        print(f"{what} of an invocation, of by hand: {ours / theirs:.3f} ({ours:.1f} us, {theirs:.1f} us; goal 1.05)")
    ours, theirs = sizes["generated"] / 1e6, sizes["by hand"] / 1e6
    print(f"size of the binary, of by hand: {ours / theirs:.3f} ({ours:.2f} MB, {theirs:.2f} MB; goal 1.15)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

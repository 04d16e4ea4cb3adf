//! How time, bytes and memory grow with the network, with the pictures that are classified together
//! and with the pictures in all.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use anyhow::{Context, Result, ensure};
use blindsight_model::{
    network::{Activation, Convolution, FullyConnected, Layer, Network, Shape, Window},
    onnx,
};
use serde_json::{Value, json};

use crate::plot::{Line, Plot, Scale};
use crate::steps::{self, step};
use crate::workspace::Workspace;

/// Where the plots and their numbers lie.
const FOLDER: &str = "docs/speed";
/// Channels of the networks: each does so many times the work of the first.
const CHANNELS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Pictures that are classified, at most 32 of them together.
const PICTURES: [u32; 6] = [1, 4, 16, 64, 256, 1024];
/// Pictures that are classified by programs, to see their memory.
const MANY: u32 = 10_000;
/// The network whose pictures are counted.
const MODEL: &str = "mnist-mlp";

/// Measures, and writes plots with their numbers to [`FOLDER`].
///
/// # Errors
/// If something does not compile or a measurement fails.
pub fn run(workspace: &Workspace) -> Result<()> {
    step("compile the programs", || {
        let packages = ["--package=blindsight", "--package=relay-server"];
        let mut build = workspace.cargo(["build", "--release"]);
        steps::run(build.args(packages))
    })?;
    let networks = step("networks of growing size", || networks(workspace))?;
    let pictures = step("growing numbers of pictures", || pictures(workspace))?;
    let memory = step("memory of the programs", || memory(workspace))?;
    let folder = workspace.root.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("{FOLDER} cannot be made"))?;
    draw(&folder, &networks, &pictures, &memory)?;
    let measured = json!({
        "command": "cargo xtask bench --growth",
        "networks": networks,
        "pictures": pictures,
        "memory": memory,
    });
    let mut text = serde_json::to_string_pretty(&measured)?;
    text.push('\n');
    fs::write(folder.join("growth.json"), text).context("growth.json cannot be written")
}

/// A convolution, a function and the means of all channels: everything in it grows with them.
fn network(channels: u32) -> Network {
    let count = channels as usize;
    // Any weights do: what they are changes no time and no byte.
    let weight = |place: usize| ((place * 37 % 101) as f32 / 50.0 - 1.0) / 1e3;
    let convolution = Convolution {
        weights: ndarray::Array4::from_shape_fn((count, 1, 3, 3), |(c, _, row, column)| {
            weight(c * 9 + row * 3 + column)
        }),
        bias: ndarray::Array3::zeros((count, 1, 1)),
        window: Window::square(3, 1).padded(1),
        groups: 1,
    };
    let dense = FullyConnected {
        weights: ndarray::Array2::from_shape_fn((10, count), |(row, c)| weight(row * 7 + c)),
        bias: ndarray::Array1::zeros(10),
    };
    let layers = vec![
        Layer::Convolution(convolution),
        Layer::Activation(Activation::Relu),
        Layer::AveragePool {
            window: Window::square(28, 28),
            count_padding: true,
        },
        Layer::Reshape(Shape::flat(channels)),
        Layer::FullyConnected(dense),
    ];
    let input = Shape {
        channels: 1,
        height: 28,
        width: 28,
    };
    let labels = (0..10).map(|class| class.to_string()).collect();
    Network::chain("growing", input, labels, layers)
}

fn networks(workspace: &Workspace) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir().context("there is no folder for networks")?;
    let measured = CHANNELS.iter().map(|channels| {
        let path = folder.path().join(format!("{channels}.onnx"));
        fs::write(&path, onnx::export(&network(*channels)))?;
        let path = path.to_str().context("the folder has a strange name")?;
        let mut measured = bench(workspace, &["--model", path, "--images", "32"])?;
        measured["channels"] = json!(channels);
        Ok(measured)
    });
    measured.collect()
}

fn pictures(workspace: &Workspace) -> Result<Vec<Value>> {
    let measured = PICTURES.iter().map(|count| {
        let batch = count.min(&32).to_string();
        let count = count.to_string();
        let arguments = ["--model", MODEL, "--images", &count, "--batch", &batch];
        bench(workspace, &arguments)
    });
    measured.collect()
}

/// The programs' memory after each tenth of the pictures.
fn memory(workspace: &Workspace) -> Result<Value> {
    let relay = Relay::start(workspace)?;
    let count = MANY.to_string();
    let address = format!("ws://{}", relay.address);
    let arguments = ["--model", MODEL, "--images", &count, "--relay", &address];
    bench(workspace, &arguments)
}

/// The last line that `blindsight bench --json` prints.
fn bench(workspace: &Workspace, arguments: &[&str]) -> Result<Value> {
    let mut command = std::process::Command::new(workspace.program("release", "blindsight"));
    command.args(["bench", "--json"]).args(arguments);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.context("the program blindsight could not be started")?;
    let shown = steps::shown(&command);
    ensure!(output.status.success(), "`{shown}` failed; see above");
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last();
    let last = last.with_context(|| format!("`{shown}` printed nothing"))?;
    serde_json::from_str(last).with_context(|| format!("`{shown}` printed {last}"))
}

/// A relay that ends with its owner.
struct Relay {
    child: Child,
    address: String,
}

impl Relay {
    fn start(workspace: &Workspace) -> Result<Self> {
        let program = workspace.program("release", "blindsight-relay");
        let mut child = std::process::Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--no-helper", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .context("the relay could not be started")?;
        let mut line = String::new();
        let output = child.stdout.take().context("a relay without output")?;
        BufReader::new(output).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the relay's first line")?;
        let address = said["address"].as_str().context("no address")?.to_owned();
        Ok(Self { child, address })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn draw(folder: &Path, networks: &[Value], pictures: &[Value], memory: &Value) -> Result<()> {
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let line = |name: &str, of: &[Value], x: &str, y: &dyn Fn(&Value) -> f64| Line {
        name: name.to_owned(),
        points: of.iter().map(|one| (number(&one[x]), y(one))).collect(),
    };
    let plot = |file: &str, scale: Scale, (x, y): (&str, &str), lines: &[Line]| {
        Plot { scale, x, y, lines }.write(&folder.join(file))
    };
    let log = Scale::Logarithmic;
    let times = [
        line("online", networks, "channels", &|one| {
            number(&one["online"]["all"]["median_ms"])
        }),
        line("before, dealing included", networks, "channels", &|one| {
            number(&one["offline"]["all"]["median_ms"])
        }),
    ];
    plot(
        "growth-time.svg",
        log,
        ("channels", "ms for a picture"),
        &times,
    )?;
    let bytes = [
        line("online", networks, "channels", &|one| {
            number(&one["online_bytes"])
        }),
        line("before, to the data owner", networks, "channels", &|one| {
            number(&one["data_owner_offline_bytes"])
        }),
    ];
    plot(
        "growth-bytes.svg",
        log,
        ("channels", "bytes for a picture"),
        &bytes,
    )?;
    let seconds = |one: &Value| {
        let batch = &one["batches"][0];
        number(&one["images"]) / number(&batch["images_per_second"])
    };
    let all = [line("all", pictures, "images", &seconds)];
    plot(
        "growth-pictures.svg",
        log,
        ("pictures", "seconds for all"),
        &all,
    )?;
    let empty = Vec::new();
    let samples = memory["memory"].as_array().unwrap_or(&empty);
    let of = |name: &str, key: &str| line(name, samples, "images", &|one| number(&one[key]) / 1e6);
    let programs = [
        of("data owner", "data_owner_bytes"),
        of("model owner", "model_owner_bytes"),
        of("helper", "helper_bytes"),
    ];
    plot(
        "memory.svg",
        Scale::Linear,
        ("pictures", "MB in memory"),
        &programs,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindsight_model::fixed_point::IntegerNetwork;
    use blindsight_parties::Cost;

    /// What is called growth is growth: twice the channels are twice the weights and comparisons.
    #[test]
    fn everything_in_a_network_grows_with_its_channels() {
        let bytes = |channels| {
            let integers = IntegerNetwork::from_float(&network(channels)).unwrap();
            let cost = Cost::declared(integers.plan()).unwrap();
            cost.data_owner_offline_bytes as f64
        };
        let ratio = bytes(64) / bytes(32);
        assert!((1.9..=2.0).contains(&ratio), "{ratio}");
    }
}

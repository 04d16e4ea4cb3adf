//! `blindsight host`: the model owner.

use anyhow::bail;
use blindsight_member::{HelperChoice, Link, ModelOwnerMember, Note, PlanView};
use blindsight_model::{fixed_point::IntegerNetwork, onnx};
use blindsight_parties::Hosting;
use blindsight_session::RelayOrigin;
use clap::ValueEnum;
use serde::Serialize;

use crate::{
    bundled, report,
    socket::{self, Socket},
};

/// Options of `blindsight host`.
#[derive(clap::Args)]
pub struct Options {
    /// The relay, for example ws://127.0.0.1:8080 or wss://example.org.
    #[arg(long, env = "BLINDSIGHT_RELAY")]
    relay: String,
    /// A bundled model by its name, or an ONNX file.
    #[arg(long)]
    model: String,
    /// Who deals the correlated randomness: the relay's own helper, or whoever opens the helper's
    /// invitation. The helper must not work together with the data owner or with you.
    #[arg(long, value_enum, default_value_t = Helper::BuiltIn)]
    helper: Helper,
    /// How many data owners the invitation lets in; any number by default.
    #[arg(long, value_name = "N")]
    invite_uses: Option<u32>,
    /// Print one line of JSON once the room is open, and nothing else on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Helper {
    BuiltIn,
    Invite,
}

/// The line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    data_owner_invite: &'a Link,
    helper_invite: &'a Link,
    model: &'a str,
    plan: &'a PlanView,
}

/// Hosts until stopped.
///
/// # Errors
///
/// When the model is refused, or the relay is not there or goes away.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let relay = RelayOrigin::parse(&options.relay)?;
    let model = bundled::find(&options.model)?;
    let network = onnx::import(&model.bytes, &model.name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    let hosting = Hosting::new(&integers, &network.name, &network.labels)?;
    let helper = match options.helper {
        Helper::BuiltIn => HelperChoice::BuiltIn,
        Helper::Invite => HelperChoice::Invite,
    };
    let mut rng = socket::generator()?;
    let (mut member, frame) =
        ModelOwnerMember::open(&relay, hosting, helper, options.invite_uses, &mut rng)?;
    let mut socket = Socket::connect(&relay.socket_url()).await?;
    socket.send(vec![frame]);
    let stopped = socket::stopped();
    tokio::pin!(stopped);
    loop {
        let frame = tokio::select! {
            frame = socket.receive() => frame?,
            () = &mut stopped => {
                let output = member.stop();
                socket.send(output.frames);
                socket.close().await;
                return Ok(());
            }
        };
        let output = member.receive(&frame, &mut rng);
        socket.send(output.frames);
        show(&output.notes, &network.name, &options)?;
        let output = member.prepare();
        socket.send(output.frames);
        show(&output.notes, &network.name, &options)?;
    }
}

fn show(notes: &[Note], model: &str, options: &Options) -> anyhow::Result<()> {
    for note in notes {
        match note {
            Note::Hosting {
                data_owner_invite,
                helper_invite,
                plan,
            } if options.json => report::json(&Line {
                data_owner_invite,
                helper_invite,
                model,
                plan,
            }),
            Note::Hosting {
                data_owner_invite,
                helper_invite,
                plan,
            } => {
                introduce(model, plan);
                report::line(&format!(
                    "Send this link to data owners:\n  {}",
                    data_owner_invite.as_str()
                ));
                if matches!(options.helper, Helper::Invite) {
                    report::line(&format!(
                        "Send this link to the helper:\n  {}",
                        helper_invite.as_str()
                    ));
                }
                report::line("Whoever has a link can take that role. Ctrl-c stops hosting.");
            }
            Note::Phase { text, .. } if !options.json => report::line(text),
            Note::Guest {
                id,
                state,
                classified,
            } if !options.json => {
                let state = format!("{state:?}").to_lowercase();
                report::line(&format!(
                    "Data owner {id}: {state}, {classified} classified."
                ));
            }
            Note::Error { text, fatal: true } => bail!("{text}"),
            Note::Error { text, .. } => eprintln!("blindsight: {text}"),
            _ => {}
        }
    }
    Ok(())
}

fn introduce(model: &str, plan: &PlanView) {
    report::line(&format!("Hosting {model}:"));
    for layer in &plan.layers {
        let (kind, inputs, outputs) = (layer.kind, layer.inputs, layer.outputs);
        let (ring, activation, width) = (layer.ring, layer.activation, layer.width);
        report::line(&format!(
            "  {kind} {inputs} -> {outputs}, ring of {ring} bits, {activation} on {width} bits"
        ));
    }
    report::line(&format!(
        "  each image: {} round trips, {} online, {} prepared beforehand",
        plan.round_trips,
        report::bytes(plan.online_bytes),
        report::bytes(plan.offline_bytes),
    ));
}

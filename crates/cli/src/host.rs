//! `blindsight host`: the model owner.

use std::sync::Arc;

use anyhow::bail;
use blindsight_member::{
    HelperChoice, HostOptions, Link, ModelOwnerMember, Note, Output, PartiesView, PlanView,
};
use blindsight_model::plan::Reveal;
use blindsight_parties::{Consent, Hosting};
use blindsight_session::{RelayOrigin, Site};
use clap::ValueEnum;
use serde::Serialize;

use crate::{
    asking::Asking,
    bundled,
    compare::Compare,
    engine,
    freeing::Freeing,
    report,
    socket::{self, Socket},
    typed::Typed,
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
    #[command(flatten)]
    engine: engine::EngineOptions,
    /// How many data owners the invitation lets in.
    #[arg(long, value_name = "N", default_value_t = 1)]
    invite_uses: u32,
    /// Let any number of people in with the same invitation.
    #[arg(long, conflicts_with = "invite_uses")]
    reusable: bool,
    /// How many classifications each data owner gets.
    #[arg(long, value_name = "N", default_value_t = 100)]
    budget: u32,
    /// How many classes a data owner learns, the likeliest first; or `scores`: how sure the network
    /// is of each class. The more is told, the sooner the model can be copied.
    #[arg(long, value_name = "N|scores", default_value = "1")]
    reveal: Reveal,
    /// Where the pages are that the invitations open, if not at the relay.
    #[arg(long, value_name = "URL")]
    site: Option<String>,
    /// Compare safety words: type `data-owner-1 yes`, `data-owner-1 no`, or `data-owner-1` and the
    /// words that the other one reads to you; the same for `helper` and `compute-party-1`. `no` ends
    /// the link and tells the other. With `--engine shamir`, `free 2` gives the seat of compute party
    /// 2 to whoever opens the link next, and never lets that party in again.
    #[arg(long)]
    compare: bool,
    /// Be asked before each picture: type `allow` or `deny`, and in front of it, where several wait,
    /// `data-owner-1`. A denied picture does not count.
    #[arg(long)]
    ask: bool,
    /// Print one line of JSON once the room is open, with --compare one of each link, with --ask one
    /// of each picture that waits, and nothing else on standard output.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    helper_invite: Option<&'a Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_invite: Option<&'a Link>,
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
    let network = model.network()?;
    let (integers, scheme) = options.engine.fit(&network, options.reveal)?;
    let hosting = Hosting::new(Arc::new(integers), &network.name, &network.labels)?;
    let helper = match options.helper {
        Helper::BuiltIn => HelperChoice::BuiltIn,
        Helper::Invite => HelperChoice::Invite,
    };
    let mut socket = Socket::new(relay.socket_url())?;
    let site = match &options.site {
        Some(site) => Site::parse(site)?,
        None => Site::of_relay(relay.clone()),
    };
    let host = HostOptions {
        relay,
        site,
        helper,
        uses: (!options.reusable).then_some(options.invite_uses),
        budget: options.budget,
        remember: false,
    };
    let mut member = match scheme {
        None => ModelOwnerMember::open(host, hosting, None, socket.rng())?,
        Some(scheme) => ModelOwnerMember::open_shared(host, (hosting, scheme), None, socket.rng())?,
    };
    let done = serve(&mut member, &mut socket, &network.name, &options).await;
    socket.close().await;
    done
}

async fn serve(
    member: &mut ModelOwnerMember,
    socket: &mut Socket,
    model: &str,
    options: &Options,
) -> anyhow::Result<()> {
    let mut compare = Compare::new(options.compare, options.json);
    let mut asking = Asking::new(options.ask, options.json);
    let mut freeing = Freeing::new(options.engine.shared());
    let mut typed = Typed::new(options.compare || options.ask);
    if options.ask {
        let output = member.ask(socket.now(), Consent::Asked);
        socket.put(output);
    }
    let stopped = socket::stopped();
    tokio::pin!(stopped);
    loop {
        let output = tokio::select! {
            happened = socket.next() => socket.step(member, happened)?,
            line = typed.line() => match answer(member, socket, (&asking, &freeing, &compare), &line) {
                Ok(output) => output,
                Err(text) => {
                    eprintln!("blindsight: {text}");
                    continue;
                }
            },
            () = &mut stopped => {
                socket.put(member.stop());
                return Ok(());
            }
        };
        show(&output.notes, model, options)?;
        for note in &output.notes {
            compare.see(note);
            asking.see(note);
            freeing.see(note);
        }
        let output = member.prepare(socket.now());
        let output = socket.put(output);
        show(&output.notes, model, options)?;
    }
}

/// Takes a line that the person typed.
fn answer(
    member: &mut ModelOwnerMember,
    socket: &mut Socket,
    (asking, freeing, compare): (&Asking, &Freeing, &Compare),
    line: &str,
) -> Result<Output, String> {
    let now = socket.now();
    if let Some(answer) = asking.answer(line).transpose()? {
        let output = member.answer(now, answer.guest, answer.allow);
        return Ok(socket.put(output));
    }
    if let Some(seat) = freeing.seat_of(line).transpose()? {
        let output = member.free_seat(now, seat, socket.rng());
        return Ok(socket.put(output));
    }
    Ok(socket.verify(member, &compare.answer(line)?))
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
                helper_invite: Some(helper_invite),
                party_invite: None,
                model,
                plan,
            }),
            Note::HostingShared {
                data_owner_invite,
                party_invite,
                plan,
            } if options.json => report::json(&Line {
                data_owner_invite,
                helper_invite: None,
                party_invite: Some(party_invite),
                model,
                plan,
            }),
            Note::HostingShared {
                data_owner_invite,
                party_invite,
                plan,
            } => {
                introduce(model, plan);
                let parties = options.engine.parties();
                report::line(&format!(
                    "Send this link to data owners:\n  {}",
                    data_owner_invite.as_str()
                ));
                report::line(&format!(
                    "Send this link to {parties} compute parties, for `blindsight party`:\n  {}",
                    party_invite.as_str()
                ));
                report::line("Whoever comes first takes a place. Ctrl-c stops hosting.");
            }
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
                let uses = match (options.reusable, options.invite_uses) {
                    (true, _) => "Each link lets any number of people in".to_owned(),
                    (false, 1) => "Each link belongs to whoever opens it first".to_owned(),
                    (false, uses) => format!("The first link is for {uses} people"),
                };
                report::line(&format!("{uses}. Ctrl-c stops hosting."));
            }
            Note::Phase { text, .. } if !options.json => report::line(text),
            Note::Guest {
                id,
                state,
                classified,
                allowed,
                ..
            } if !options.json => {
                let state = format!("{state:?}").to_lowercase();
                report::line(&format!(
                    "Data owner {id}: {state}, {classified} of {allowed} classified."
                ));
            }
            Note::Link(link) if !options.json => report::link(link),
            Note::Waiting { text, seconds } if !options.json => report::waiting(text, *seconds),
            Note::Warning { text } => eprintln!("blindsight: {text}"),
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
        report::line(&format!("  {}", report::layer(layer)));
    }
    if let Some(parties) = &plan.parties {
        let PartiesView {
            count,
            threshold,
            kappa,
            ..
        } = parties;
        report::line(&format!(
            "  {count} compute parties, of whom {threshold} may conspire; openings hide numbers to \
             2^-{kappa}"
        ));
        report::line(&format!(
            "  each image: {} rounds, {} among the parties, {} beforehand",
            parties.rounds,
            report::bytes(parties.online_bytes),
            report::bytes(parties.offline_bytes),
        ));
        return;
    }
    report::line(&format!(
        "  each image: {} round trips, {} online, {} prepared beforehand",
        plan.round_trips,
        report::bytes(plan.online_bytes),
        report::bytes(plan.offline_bytes),
    ));
}

//! A whole room in one process: the relay's state machine and real members, without sockets.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail, ensure};
use blindsight_member::{
    ComputePartyMember, DataOwnerMember, HelperChoice, HelperMember, HostOptions, ModelOwnerMember,
    Note, Output, Saved,
};
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, onnx};
use blindsight_parties::Hosting;
use blindsight_session::{FromRelay, HelperRequest, Identity, Invitation, RelayOrigin, Role, Site};
use relay_server::{Action, ConnectionId, Limits, Rooms};
use zeroize::Zeroizing;

mod seat;
mod shared;
mod words;

use seat::{Seat, each};

use crate::glass::Glass;
use crate::recorder::Recorder;

/// Names somebody in the house, whatever connection they are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who(usize);

/// The relay and everybody in it. Frames are delivered in the order in which they were sent.
pub struct House {
    rooms: Rooms,
    seats: Vec<Seat>,
    /// Who has a connection.
    connections: BTreeMap<ConnectionId, Who>,
    queue: VecDeque<(ConnectionId, Vec<u8>)>,
    notes: Vec<(Who, Note)>,
    /// What each was given to keep.
    kept: BTreeMap<Who, Zeroizing<Vec<u8>>>,
    /// Which seats are helpers of the relay's own.
    built_in: BTreeSet<usize>,
    /// What they show themselves by.
    helper: Identity,
    rng: Recorder,
    /// Counts frames: a clock that depends on nothing else.
    now: f64,
    /// How many frames were delivered.
    pub delivered: usize,
    /// Delivers no more frames than this, until told to go on.
    pub stop_at: Option<usize>,
    /// How many messages were forwarded.
    pub forwarded: usize,
    /// How long the frames were that each has sent to the relay.
    uploaded: BTreeMap<Who, Vec<usize>>,
    /// Which of them is changed on its way: one bit, counted from the end, is turned.
    pub alter: Option<(usize, usize)>,
    /// Reads along on all links, if anybody is to.
    pub glass: Option<Glass>,
    /// What it could not read.
    unread: Option<anyhow::Error>,
}

impl House {
    /// Nobody is here yet. `seed` decides all that is random.
    pub fn new(seed: u64) -> Self {
        let mut rng = Recorder::new(seed);
        let helper = Identity::random(&mut rng);
        Self {
            rooms: Rooms::new(Limits::default(), Some(helper.public())),
            seats: Vec::new(),
            connections: BTreeMap::new(),
            queue: VecDeque::new(),
            notes: Vec::new(),
            kept: BTreeMap::new(),
            built_in: BTreeSet::new(),
            helper,
            rng,
            now: 0.0,
            delivered: 0,
            stop_at: None,
            forwarded: 0,
            uploaded: BTreeMap::new(),
            alter: None,
            glass: None,
            unread: None,
        }
    }

    /// All that was drawn so far.
    pub fn drawn(&self) -> &Recorder {
        &self.rng
    }

    /// What was read along.
    ///
    /// # Errors
    ///
    /// When nobody read along, or not everything could be read.
    pub fn overheard(&mut self) -> Result<&Glass> {
        match self.unread.take() {
            Some(error) => Err(error),
            None => self.glass.as_ref().context("nobody read along"),
        }
    }

    /// A model owner opens a room whose invitations serve any number. Gives the two invitations.
    ///
    /// # Errors
    ///
    /// When the room does not open.
    pub fn host(
        &mut self,
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        helper: HelperChoice,
    ) -> Result<(Who, Invitation, Invitation)> {
        self.host_for(network, integers, helper, None)
    }

    /// The same for a number of data owners.
    ///
    /// # Errors
    ///
    /// When the room does not open.
    pub fn host_for(
        &mut self,
        network: &Network,
        integers: &Arc<IntegerNetwork>,
        helper: HelperChoice,
        uses: Option<u32>,
    ) -> Result<(Who, Invitation, Invitation)> {
        let hosting = Hosting::new(Arc::clone(integers), &network.name, &network.labels)?;
        let options = options(helper, uses)?;
        let plan = *hosting.plan().hash().as_bytes();
        let member = ModelOwnerMember::open(options, hosting, None, &mut self.rng)?;
        if let Some(glass) = &mut self.glass {
            glass.room = Some((member.room(), plan));
        }
        let host = self.sit(Seat::ModelOwner(Box::new(member)))?;
        let invitations = self.notes.iter().find_map(|(_, note)| match note {
            Note::Hosting {
                data_owner_invite,
                helper_invite,
                ..
            } => Some((data_owner_invite.clone(), helper_invite.clone())),
            _ => None,
        });
        let (data_owner, helper) = invitations.context("the room did not open")?;
        Ok((
            host,
            Invitation::parse(data_owner.as_str())?,
            Invitation::parse(helper.as_str())?,
        ))
    }

    /// A data owner takes up its invitation.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn data_owner(&mut self, invitation: &Invitation, pool: usize) -> Result<Who> {
        let member = DataOwnerMember::join(invitation, None, pool, &mut self.rng);
        self.sit(Seat::DataOwner(Box::new(member)))
    }

    /// A helper takes up its invitation.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn helper(&mut self, invitation: &Invitation) -> Result<Who> {
        let member = HelperMember::join(invitation, None, &mut self.rng);
        self.sit(Seat::Helper(Box::new(member)))
    }

    /// A guest's page is reloaded: it leaves, and comes again with what it kept.
    ///
    /// # Errors
    ///
    /// When it kept nothing, or the relay is full.
    pub fn reload_guest(&mut self, who: Who, invitation: &Invitation) -> Result<()> {
        self.leave(who);
        let kept = self.kept.get(&who).context("nothing was kept")?;
        let identity = Some(Identity::from_private(kept.as_slice().try_into()?));
        self.seats[who.0] = match invitation.role() {
            Role::Helper => {
                let member = HelperMember::join(invitation, identity, &mut self.rng);
                Seat::Helper(Box::new(member))
            }
            Role::ComputeParty => {
                let member = ComputePartyMember::join(invitation, identity, &mut self.rng);
                Seat::ComputeParty(Box::new(member))
            }
            _ => {
                let member = DataOwnerMember::join(invitation, identity, 2, &mut self.rng);
                Seat::DataOwner(Box::new(member))
            }
        };
        self.connect(who)?;
        self.run();
        Ok(())
    }

    /// A model owner's page is closed without a word, and takes up hosting again.
    ///
    /// # Errors
    ///
    /// When it kept nothing, or the relay is full.
    pub fn reload_host(
        &mut self,
        who: Who,
        (network, integers): (&Network, &Arc<IntegerNetwork>),
        helper: HelperChoice,
        uses: Option<u32>,
    ) -> Result<()> {
        self.disconnect(who);
        self.run();
        let kept = self.kept.get(&who).context("nothing was kept")?;
        let saved = Some(Saved::from_bytes(kept).context("it cannot be read")?);
        let hosting = Hosting::new(Arc::clone(integers), &network.name, &network.labels)?;
        let options = options(helper, uses)?;
        let member = ModelOwnerMember::open(options, hosting, saved, &mut self.rng)?;
        self.seats[who.0] = Seat::ModelOwner(Box::new(member));
        self.connect(who)?;
        self.run();
        Ok(())
    }

    /// Somebody leaves in good order.
    pub fn leave(&mut self, who: Who) {
        let output = each!(&mut self.seats[who.0], member => member.stop());
        self.put(who, output);
        self.run();
        self.disconnect(who);
        self.run();
    }

    /// Somebody's connection ends.
    pub fn disconnect(&mut self, who: Who) {
        let Some(connection) = self.connection(who) else {
            return;
        };
        self.connections.remove(&connection);
        let (now, rng) = (self.now, &mut self.rng);
        let output = each!(&mut self.seats[who.0], member => member.disconnected(now, rng));
        self.put(who, output);
        let actions = self.rooms.disconnect(connection);
        self.act(who, actions);
    }

    /// Somebody connects again.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn connect(&mut self, who: Who) -> Result<()> {
        let connection = self.rooms.connect()?;
        self.connections.insert(connection, who);
        let now = self.now;
        let output = each!(&mut self.seats[who.0], member => member.connected(now));
        self.put(who, output);
        Ok(())
    }

    /// The relay is killed and started again: all connections end, its helpers are no more, and
    /// everybody comes again until they are let in.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn restart_relay(&mut self) -> Result<()> {
        self.rooms = Rooms::new(Limits::default(), Some(self.helper.public()));
        self.queue.clear();
        let gone: Vec<Who> = self.connections.values().copied().collect();
        self.connections.clear();
        for who in gone {
            let (now, rng) = (self.now, &mut self.rng);
            let output = each!(&mut self.seats[who.0], member => member.disconnected(now, rng));
            self.put(who, output);
        }
        for _ in 0..2 {
            for index in 0..self.seats.len() {
                let (who, built_in) = (Who(index), self.built_in.contains(&index));
                if !built_in && self.connection(who).is_none() {
                    self.connect(who)?;
                    self.run();
                }
            }
        }
        Ok(())
    }

    fn connection(&self, who: Who) -> Option<ConnectionId> {
        let mut connections = self.connections.iter();
        connections.find(|(_, at)| **at == who).map(|(&id, _)| id)
    }

    /// Puts a picture in a data owner's queue, and delivers frames as far as that is allowed.
    ///
    /// # Errors
    ///
    /// When there is no such data owner.
    pub fn begin(&mut self, who: Who, pixels: &[u8]) -> Result<()> {
        self.notes.clear();
        let Some(Seat::DataOwner(member)) = self.seats.get_mut(who.0) else {
            bail!("there is no such data owner");
        };
        let picture = Zeroizing::new(pixels.to_vec());
        let output = member.classify(self.now, picture, &mut self.rng);
        self.put(who, output);
        self.run();
        Ok(())
    }

    /// Classifies a picture; runs until there is a result.
    ///
    /// # Errors
    ///
    /// What the data owner was told instead of a result.
    pub fn classify(&mut self, who: Who, pixels: &[u8]) -> Result<usize> {
        self.begin(who, pixels)?;
        self.result(who)
    }

    /// The result of the last picture.
    ///
    /// # Errors
    ///
    /// What the data owner was told instead of a result.
    pub fn result(&self, who: Who) -> Result<usize> {
        let own = self.notes.iter().filter(|(member, _)| *member == who);
        for (_, note) in own {
            match note {
                Note::Result { class, .. } => return Ok(*class),
                Note::Error { text, .. } => bail!("{text}"),
                _ => {}
            }
        }
        bail!("no result")
    }

    /// The problems that a member was told of.
    pub fn errors(&self, who: Who) -> Vec<&str> {
        let own = self.notes.iter().filter(|(member, _)| *member == who);
        own.filter_map(|(_, note)| match note {
            Note::Error { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
    }

    /// All notes to a member since the last picture.
    pub fn notes(&self, who: Who) -> impl Iterator<Item = &Note> {
        let own = self.notes.iter().filter(move |(member, _)| *member == who);
        own.map(|(_, note)| note)
    }

    /// How long the frames were that somebody has sent to the relay.
    pub fn uploaded(&self, who: Who) -> &[usize] {
        self.uploaded.get(&who).map_or(&[], Vec::as_slice)
    }

    fn sit(&mut self, seat: Seat) -> Result<Who> {
        self.seats.push(seat);
        let who = Who(self.seats.len() - 1);
        self.connect(who)?;
        self.run();
        Ok(who)
    }

    /// Delivers frames until there are none, or no more are allowed.
    pub fn run(&mut self) {
        while self.stop_at.is_none_or(|stop| self.delivered < stop) {
            let Some((to, frame)) = self.queue.pop_front() else {
                return;
            };
            self.now += 1.0;
            self.delivered += 1;
            let Some(&who) = self.connections.get(&to) else {
                continue;
            };
            let (now, rng) = (self.now, &mut self.rng);
            let seat = &mut self.seats[who.0];
            let output = each!(seat, member => member.receive(now, &frame, rng));
            self.put(who, output);
            if let Some(Seat::ModelOwner(member)) = self.seats.get_mut(who.0) {
                let output = member.prepare(self.now);
                self.put(who, output);
            }
        }
    }

    fn put(&mut self, who: Who, output: Output) {
        self.notes
            .extend(output.notes.into_iter().map(|note| (who, note)));
        if let Some(kept) = output.keep {
            self.kept.insert(who, kept);
        }
        for frame in output.frames {
            if let Some(connection) = self.connection(who) {
                self.uploaded.entry(who).or_default().push(frame.len());
                let actions = self.rooms.receive(connection, &frame);
                self.act(who, actions);
            }
        }
    }

    /// A message as it is forwarded.
    fn overhear(&mut self, from: Who, to: ConnectionId, frame: &[u8]) -> Result<()> {
        let Some(glass) = &mut self.glass else {
            return Ok(());
        };
        let to = *self.connections.get(&to).context("nobody is there")?;
        let FromRelay::Deliver { payload, .. } = FromRelay::decode(frame)? else {
            bail!("something else than a message was forwarded");
        };
        let roles = (self.seats[from.0].role(), self.seats[to.0].role());
        glass.see((from, to), roles, payload, &self.rng)
    }

    /// Does what the relay says after somebody did something.
    fn act(&mut self, who: Who, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Notify { to, frame } => self.queue.push_back((to, frame.to_vec())),
                Action::Forward { to, frame } => {
                    let mut frame = frame.to_vec();
                    if let Some((which, bit)) = self.alter
                        && which == self.forwarded
                    {
                        let place = frame.len() - 1 - (bit / 8) % frame.len();
                        frame[place] ^= 1 << (bit % 8);
                    }
                    self.forwarded += 1;
                    let overheard = self.overhear(who, to, &frame);
                    self.unread = self.unread.take().or(overheard.err());
                    self.queue.push_back((to, frame));
                }
                Action::Close {
                    connection,
                    refusal,
                } => {
                    // What was sent before still arrives, and then the reason.
                    let frame = FromRelay::Refused(refusal).encode();
                    self.queue.push_back((connection, frame));
                }
                Action::StartHelper {
                    room,
                    connection,
                    greeting,
                } => {
                    let Some(request) = HelperRequest::from_bytes(greeting.as_bytes()) else {
                        continue;
                    };
                    let identity = self.helper.clone();
                    let member = HelperMember::built_in(identity, room, request, &mut self.rng);
                    self.built_in.insert(self.seats.len());
                    self.seats.push(Seat::Helper(Box::new(member)));
                    let who = Who(self.seats.len() - 1);
                    self.connections.insert(connection, who);
                    let now = self.now;
                    let output = each!(&mut self.seats[who.0], member => member.connected(now));
                    self.put(who, output);
                }
            }
        }
    }
}

/// How everybody hosts here.
fn options(helper: HelperChoice, uses: Option<u32>) -> Result<HostOptions> {
    let relay = RelayOrigin::parse("ws://127.0.0.1:8080")?;
    Ok(HostOptions {
        site: Site::of_relay(relay.clone()),
        relay,
        helper,
        uses,
        budget: u32::MAX,
        remember: true,
    })
}

/// The bundled network of that name, in floating point and in integers.
///
/// # Errors
///
/// When the file is missing or refused.
pub fn bundled(name: &str) -> Result<(Network, Arc<IntegerNetwork>)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models");
    let bytes = std::fs::read(format!("{path}/{name}.onnx"))?;
    let network = onnx::import(&bytes, name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    ensure!(!network.labels.is_empty(), "the network has no labels");
    Ok((network, Arc::new(integers)))
}

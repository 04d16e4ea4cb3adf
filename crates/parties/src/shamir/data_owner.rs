//! The data owner among compute parties: shares its picture, and alone learns the class.

use std::collections::{BTreeSet, VecDeque};

use blindsight_model::{plan::Reveal, shamir::Scheme};
use blindsight_mpc::{
    shamir::{Field, sharing::share},
    with_field,
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{cost::Cost, evaluation::masks::most_bundles, network::write_client};
use crate::{
    abort::{Abort, Phase, Reason},
    data_owner::{check_labels, printable},
    message::{Header, MAX_HEADER_BYTES, SessionId},
    online::scores::ranking,
    party::{Classification, Event, Misuse, Peer, Scores, Step, exactly, read, same_version},
};

mod outcome;

/// A data owner in a room of compute parties.
pub struct DataOwner {
    pool: usize,
    /// How many parties the invitation speaks of.
    parties: u8,
    /// The parties with which there are links.
    links: BTreeSet<u8>,
    state: State,
}

enum State {
    /// There is no offer, or the parties are not complete.
    Greeting,
    Hosted(Box<Hosted>),
    Ended,
}

/// A session of the parties.
struct Hosted {
    session: SessionId,
    scheme: Scheme,
    /// Rounds among the parties for each picture.
    rounds: u32,
    labels: Vec<String>,
    left: u32,
    /// How many bundles are kept ready: no more than fit at a party.
    pool: usize,
    /// Bundles that were asked for, counted from 1, and those of them that have come.
    asked: u64,
    came: u64,
    ready: VecDeque<Ready>,
    under_way: Option<UnderWay>,
}

/// A bundle that is ready.
struct Ready {
    /// The how manieth it is.
    count: u64,
    /// The number that the model owner gave it.
    number: u64,
    offline_bytes: u64,
}

/// A picture under way.
struct UnderWay {
    bundle: Ready,
    /// Bytes of messages so far, both ways.
    bytes: u64,
    /// By the party's index.
    outcomes: Vec<Option<Zeroizing<Vec<u8>>>>,
}

impl DataOwner {
    /// A data owner that will keep up to `pool` bundles ready, among so many parties.
    pub fn new(pool: usize, parties: u8) -> Self {
        Self {
            pool: pool.clamp(1, crate::model_owner::MAX_POOL),
            parties,
            links: BTreeSet::new(),
            state: State::Greeting,
        }
    }

    /// There is a link with a peer.
    pub fn peer_joined(&mut self, peer: Peer) -> Step {
        if let Peer::ComputeParty(party) = peer {
            self.links.insert(party);
        }
        Step::default()
    }

    /// A peer is gone. Without a party or the model owner the session is over; another may follow.
    pub fn peer_left(&mut self, peer: Peer) -> Step {
        let mut step = Step::default();
        match peer {
            Peer::ComputeParty(party) => {
                self.links.remove(&party);
                self.interrupt(peer, &mut step);
            }
            Peer::ModelOwner if !matches!(self.state, State::Ended) => {
                self.state = State::Greeting;
            }
            _ => {}
        }
        step
    }

    /// Bundles that are ready at all parties.
    pub fn ready(&self) -> usize {
        match &self.state {
            State::Hosted(hosted) if self.has_links() => hosted.ready.len(),
            _ => 0,
        }
    }

    /// Classifications that the model owner still allows; none before its offer.
    pub fn left(&self) -> Option<u32> {
        match &self.state {
            State::Hosted(hosted) => Some(hosted.left),
            _ => None,
        }
    }

    /// Whether more bundles may still become ready.
    pub fn may_become_ready(&self) -> bool {
        !matches!(self.state, State::Ended)
    }

    /// The longest message that it takes now.
    pub fn longest_message(&self) -> usize {
        MAX_HEADER_BYTES
    }

    /// Begins to classify a picture: 8-bit pixels, as many as the network takes.
    ///
    /// # Errors
    ///
    /// [`Misuse`] when no bundle is ready, a picture is under way or this one has another size.
    pub fn classify(&mut self, pixels: &[u8], rng: &mut impl CryptoRng) -> Result<Step, Misuse> {
        let linked = self.has_links();
        let State::Hosted(hosted) = &mut self.state else {
            return Err(Misuse::NotReady);
        };
        let expected = hosted.scheme.plan().input().elements();
        let found = pixels.len();
        if expected != found {
            return Err(Misuse::Pixels { expected, found });
        }
        if hosted.under_way.is_some() {
            return Err(Misuse::Busy);
        }
        if hosted.left == 0 {
            return Err(Misuse::BudgetSpent);
        }
        if !linked {
            return Err(Misuse::NotReady);
        }
        let bundle = hosted.ready.pop_front().ok_or(Misuse::NotReady)?;
        let number = bundle.number;
        hosted.left -= 1;
        let mut step = Step::default();
        let (session, committee) = (hosted.session, hosted.scheme.committee());
        let shares = with_field!(hosted.scheme.prime(), F => {
            let pixels = pixels.iter().map(|pixel| F::from_u64((*pixel).into()));
            let pixels: Zeroizing<Vec<F>> = Zeroizing::new(pixels.collect());
            let shares = share::<F>(committee, &pixels, rng);
            shares.iter().map(write_client).collect::<Vec<_>>()
        });
        for (party, shares) in committee.parties().zip(shares) {
            let header = Header::Picture { session, number };
            step.send(
                Peer::ComputeParty(party.number()),
                header.with_body(&[&shares]),
            );
        }
        step.send(Peer::ModelOwner, Header::Ask { session, number }.alone());
        let sent = step.outgoing.iter();
        hosted.under_way = Some(UnderWay {
            bundle,
            bytes: sent.map(|outgoing| outgoing.message.len() as u64).sum(),
            outcomes: committee.parties().map(|_| None).collect(),
        });
        Ok(step)
    }

    /// Ends the work on the data owner's own will and tells the peers.
    pub fn stop(&mut self) -> Step {
        let mut step = Step::default();
        let stopped = Reason::Stopped.during(self.phase());
        if !matches!(self.state, State::Ended) {
            self.tell_all(&stopped, &mut step);
        }
        self.state = State::Ended;
        step
    }

    /// Takes a message from a peer.
    pub fn receive(&mut self, from: Peer, message: &[u8]) -> Step {
        let mut step = Step::default();
        if matches!(self.state, State::Ended) {
            return step;
        }
        let phase = self.phase();
        let done = match from {
            Peer::ModelOwner => self.take_from_model_owner(message, &mut step),
            Peer::ComputeParty(party) => self.take_from_party(party, message, &mut step),
            Peer::DataOwner(_) | Peer::Helper => Ok(()),
        };
        if let Err(reason) = done {
            let abort = reason.during(phase);
            // Whether shares added up to a class depends on the class: that is told to nobody.
            let told = match reason {
                Reason::NoResult => Reason::Stopped.during(phase),
                _ => abort.clone(),
            };
            self.tell_all(&told, &mut step);
            step.tell(Event::Aborted {
                peer: from,
                by_peer: false,
                abort,
            });
            self.state = State::Ended;
        }
        step
    }

    fn has_links(&self) -> bool {
        (1..=self.parties).all(|party| self.links.contains(&party))
    }

    fn tell_all(&self, abort: &Abort, step: &mut Step) {
        let parties = self.links.iter().map(|party| Peer::ComputeParty(*party));
        for peer in parties.chain([Peer::ModelOwner]) {
            step.send(peer, Header::Abort(abort.clone()).alone());
        }
    }

    fn phase(&self) -> Phase {
        match &self.state {
            State::Greeting | State::Ended => Phase::Agree,
            State::Hosted(hosted) if hosted.under_way.is_some() => Phase::Classify,
            State::Hosted(_) => Phase::Deal,
        }
    }

    /// The session is over, for a party is gone.
    fn interrupt(&mut self, peer: Peer, step: &mut Step) {
        let phase = self.phase();
        if matches!(self.state, State::Hosted(_)) {
            self.state = State::Greeting;
            step.tell(Event::Interrupted {
                peer,
                abort: Reason::PartyLeft.during(phase),
            });
        }
    }

    fn take_from_model_owner(&mut self, message: &[u8], step: &mut Step) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        exactly(body, 0)?;
        match (header, &mut self.state) {
            (Header::Abort(abort), _) => {
                self.state = State::Ended;
                step.tell(Event::Aborted {
                    peer: Peer::ModelOwner,
                    by_peer: true,
                    abort,
                });
            }
            (
                Header::SharedOffer {
                    version,
                    session,
                    scheme,
                    model,
                    labels,
                    left,
                },
                _,
            ) => {
                same_version(version)?;
                check_labels(&labels, scheme.plan().classes().count())?;
                if !printable(&model) {
                    return Err(Reason::Malformed);
                }
                if scheme.committee().size() != usize::from(self.parties) {
                    return Err(Reason::PlanMismatch);
                }
                step.tell(Event::SharedOffered {
                    model,
                    labels: labels.clone(),
                    scheme: scheme.clone(),
                    left,
                });
                let mut hosted = Hosted {
                    session,
                    rounds: Cost::declared(&scheme).rounds(),
                    pool: self.pool.min(most_bundles(&scheme)),
                    scheme,
                    labels,
                    left,
                    asked: 0,
                    came: 0,
                    ready: VecDeque::new(),
                    under_way: None,
                };
                hosted.top_up(step);
                self.state = State::Hosted(Box::new(hosted));
            }
            (Header::Disbanded { session, party }, State::Hosted(hosted)) => {
                if hosted.session == session {
                    self.interrupt(Peer::ComputeParty(party), step);
                }
            }
            (Header::Allotted { session, number }, State::Hosted(hosted))
                if hosted.session == session =>
            {
                if hosted.came >= hosted.asked {
                    return Err(Reason::OutOfOrder);
                }
                hosted.came += 1;
                let reserve = Header::Reserve { session }.alone();
                hosted.ready.push_back(Ready {
                    count: hosted.came,
                    number,
                    offline_bytes: (reserve.len() + message.len()) as u64,
                });
                step.tell(Event::BundleReady {
                    number: hosted.came,
                    ready: hosted.ready.len(),
                });
            }
            (Header::Held { number }, State::Hosted(hosted)) if hosted.is_under_way(number) => {
                step.tell(Event::Held);
            }
            (Header::Denied { number }, State::Hosted(hosted)) if hosted.is_under_way(number) => {
                hosted.under_way = None;
                hosted.left = hosted.left.saturating_add(1);
                step.tell(Event::Denied);
                hosted.top_up(step);
            }
            // Of a session that is over here already.
            (header, _) if header.shared_session().is_some() => {}
            (Header::Held { .. } | Header::Denied { .. }, State::Greeting) => {}
            _ => return Err(Reason::OutOfOrder),
        }
        Ok(())
    }

    fn take_from_party(
        &mut self,
        party: u8,
        message: &[u8],
        step: &mut Step,
    ) -> Result<(), Reason> {
        let (header, body) = read(message)?;
        match header {
            Header::Abort(abort) => {
                self.state = State::Ended;
                step.tell(Event::Aborted {
                    peer: Peer::ComputeParty(party),
                    by_peer: true,
                    abort,
                });
                Ok(())
            }
            Header::Outcome { session, number } => {
                let State::Hosted(hosted) = &mut self.state else {
                    return Ok(());
                };
                if hosted.session != session {
                    return Ok(());
                }
                hosted.outcome(party, number, (body, message.len()), step)?;
                if hosted.under_way.is_none() {
                    hosted.top_up(step);
                }
                Ok(())
            }
            _ => Err(Reason::OutOfOrder),
        }
    }
}

impl Hosted {
    fn is_under_way(&self, number: u64) -> bool {
        let under_way = self.under_way.as_ref();
        under_way.is_some_and(|under_way| under_way.bundle.number == number)
    }

    /// Asks for as many bundles as are to be kept ready, and can be used.
    fn top_up(&mut self, step: &mut Step) {
        let wanted = self.pool.min(self.left as usize) as u64;
        while self.asked - self.came + (self.ready.len() as u64) < wanted {
            self.asked += 1;
            let session = self.session;
            step.send(Peer::ModelOwner, Header::Reserve { session }.alone());
            step.tell(Event::BundleAsked { number: self.asked });
        }
    }

    /// A party's share of the result; once all are here, the result.
    fn outcome(
        &mut self,
        party: u8,
        number: u64,
        (body, message_bytes): (&[u8], usize),
        step: &mut Step,
    ) -> Result<(), Reason> {
        let committee = self.scheme.committee();
        let party = committee.party(party).ok_or(Reason::OutOfOrder)?;
        let under_way = self.under_way.as_mut();
        let under_way = under_way.filter(|under_way| under_way.bundle.number == number);
        let under_way = under_way.ok_or(Reason::OutOfOrder)?;
        under_way.bytes += message_bytes as u64;
        let place = &mut under_way.outcomes[party.index()];
        if place.replace(Zeroizing::new(body.to_vec())).is_some() {
            return Err(Reason::OutOfOrder);
        }
        if under_way.outcomes.iter().any(Option::is_none) {
            return Ok(());
        }
        let Some(under_way) = self.under_way.take() else {
            return Err(Reason::Internal);
        };
        let values = outcome::numbers(&self.scheme, &under_way.outcomes)?;
        let classification = self.classification(&under_way, &values)?;
        step.tell(Event::Classified(classification));
        Ok(())
    }

    fn classification(
        &self,
        under_way: &UnderWay,
        values: &[i64],
    ) -> Result<Classification, Reason> {
        let classes = self.scheme.plan().classes().count();
        let (ranking, scores) = match self.scheme.plan().output().reveal {
            Reveal::Scores => {
                let unit = self.scheme.plan().output().unit;
                let scores = Scores::new(values.to_vec(), unit);
                (ranking(values), Some(scores))
            }
            Reveal::Ranking { .. } => {
                let class = |class: &i64| {
                    let class = usize::try_from(*class).ok();
                    class.filter(|class| *class < classes)
                };
                let ranking: Option<Vec<usize>> = values.iter().map(class).collect();
                (ranking.ok_or(Reason::NoResult)?, None)
            }
        };
        let class = *ranking.first().ok_or(Reason::NoResult)?;
        let labels = ranking.iter().filter_map(|class| self.labels.get(*class));
        Ok(Classification {
            number: under_way.bundle.count,
            class,
            labels: labels.cloned().collect(),
            ranking,
            scores,
            online_bytes: under_way.bytes,
            offline_bytes: under_way.bundle.offline_bytes,
            round_trips: self.rounds + 1,
        })
    }
}

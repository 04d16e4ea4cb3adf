//! Somebody who compares safety words before anything of a picture is sent.

use anyhow::Result;
use blindsight_member::DataOwnerMember;
use blindsight_session::Invitation;

use super::{House, Seat, Who, each};

impl House {
    /// A data owner takes up its invitation, and means to compare words first.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn careful_data_owner(&mut self, invitation: &Invitation, pool: usize) -> Result<Who> {
        let member = DataOwnerMember::join(invitation, None, pool, &mut self.rng);
        self.sit(Seat::DataOwner(Box::new(member.with_words_first(true))))
    }

    /// Somebody finds that the words with a peer are the same; `peer` is its name in notes.
    pub fn words_match(&mut self, who: Who, peer: &str) {
        let (now, rng) = (self.now, &mut self.rng);
        let seat = &mut self.seats[who.0];
        let output = each!(seat, member => member.verify(now, peer, true, rng));
        self.put(who, output);
        self.run();
    }
}

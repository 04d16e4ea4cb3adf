//! What it takes to share a tensor: plain, in additive shares, in shares of Shamir's.

use std::{hint::black_box, time::Instant};

use anyhow::ensure;
use blindsight_mpc::{
    prg::{Domain, Prg, Purpose},
    ring::{Shares as Additive, Word},
    seed::Seed,
    shamir::{
        Committee, Field, Shares,
        field::Mersenne61,
        sharing::{ClientShares, Degree, expand, reconstruct, share},
    },
};
use rand::rngs::StdRng;
use serde::Serialize;

use crate::{rehearsal, report};

/// Each is done so often at least, and for so long.
const LEAST: usize = 9;
const LONGEST_MS: f64 = 200.0;

/// What was measured: a line of `--json`. Times are medians, in milliseconds, on one core.
#[derive(Serialize)]
pub struct Measured {
    /// `plain`, `additive` or `shamir`.
    sharing: &'static str,
    /// Who hold a part of it.
    parties: usize,
    elements: usize,
    /// What one party holds in memory.
    party_bytes: usize,
    /// What all of them hold.
    all_bytes: usize,
    /// What the owner sends to all of them, or keeps in a file where it is plain.
    sent_bytes: usize,
    /// How often each was done.
    repeats: usize,
    /// For the owner, from the numbers to the bytes.
    share_ms: f64,
    /// For all parties one after the other, from the bytes to what they compute with.
    load_ms: f64,
    /// From all parties' shares to the numbers.
    open_ms: f64,
}

/// Times of the three parts.
type Times = [f64; 3];

/// Measures tensors of so many elements, plain, in two additive shares and in shares of 3 and 5
/// parties.
///
/// # Errors
///
/// When the system has no randomness, or what comes out is not what went in.
pub fn measure(elements: usize) -> anyhow::Result<Vec<Measured>> {
    let mut rng = rehearsal::rng()?;
    let numbers: Vec<u32> = (0..elements as u32).collect();
    Ok(vec![
        plain(&numbers)?,
        additive(&numbers, &mut rng)?,
        shamir(&numbers, 3, &mut rng)?,
        shamir(&numbers, 5, &mut rng)?,
    ])
}

fn plain(numbers: &[u32]) -> anyhow::Result<Measured> {
    let bytes = size_of_val(numbers);
    let ([share_ms, load_ms, open_ms], repeats) = medians(|| {
        let begun = Instant::now();
        let file = written(numbers);
        let shared = since(begun);
        let begun = Instant::now();
        let loaded = black_box(u32::read_le(&file));
        let read = since(begun);
        ensure!(loaded == numbers, "a plain tensor changed");
        Ok([shared, read, 0.0])
    })?;
    Ok(Measured {
        sharing: "plain",
        parties: 1,
        elements: numbers.len(),
        party_bytes: bytes,
        all_bytes: bytes,
        sent_bytes: bytes,
        repeats,
        share_ms,
        load_ms,
        open_ms,
    })
}

/// In `Z_2^32`: one party expands a seed, the other gets the difference.
fn additive(numbers: &[u32], rng: &mut StdRng) -> anyhow::Result<Measured> {
    let domain = Domain {
        purpose: Purpose::InputMask,
        number: 0,
        step: 0,
    };
    let mask = |seed: &Seed| Prg::new(seed, domain).words::<u32>(numbers.len());
    let ([share_ms, load_ms, open_ms], repeats) = medians(|| {
        let begun = Instant::now();
        let seed = Seed::random(rng);
        let other: Additive<u32> = numbers
            .iter()
            .zip(mask(&seed).iter())
            .map(|(number, mask)| number.wrapping_sub(*mask))
            .collect();
        let sent = written(&other);
        let shared = since(begun);
        drop(other);
        let begun = Instant::now();
        let held = [mask(&seed), Additive::new(u32::read_le(&sent))];
        let loaded = since(begun);
        let begun = Instant::now();
        let pairs = held[0].iter().zip(held[1].iter());
        let opened: Vec<u32> = black_box(pairs.map(|(a, b)| a.wrapping_add(*b)).collect());
        let open = since(begun);
        ensure!(opened == numbers, "an additive tensor changed");
        Ok([shared, loaded, open])
    })?;
    let bytes = size_of_val(numbers);
    Ok(Measured {
        sharing: "additive",
        parties: 2,
        elements: numbers.len(),
        party_bytes: bytes,
        all_bytes: 2 * bytes,
        sent_bytes: Seed::BYTES + bytes,
        repeats,
        share_ms,
        load_ms,
        open_ms,
    })
}

/// Over the field of `2^61 - 1`, as the compute parties have it.
fn shamir(numbers: &[u32], parties: u8, rng: &mut StdRng) -> anyhow::Result<Measured> {
    type F = Mersenne61;
    /// What one party is sent.
    enum Sent {
        Seed(Seed),
        Bytes(Vec<u8>),
    }
    let committee = Committee::new(parties)?;
    let count = numbers.len();
    let mut sent_bytes = 0;
    let ([share_ms, load_ms, open_ms], repeats) = medians(|| {
        let begun = Instant::now();
        let values: Vec<F> = numbers.iter().map(|n| F::from_u64((*n).into())).collect();
        let shares = share(committee, &values, rng);
        let sent: Vec<Sent> = shares
            .into_iter()
            .map(|one| match one {
                ClientShares::Seed(seed) => Sent::Seed(seed),
                ClientShares::Shares(shares) => {
                    let mut bytes = Vec::with_capacity(count * F::BYTES);
                    F::write(&shares, &mut bytes);
                    Sent::Bytes(bytes)
                }
            })
            .collect();
        let shared = since(begun);
        sent_bytes = sent.iter().fold(0, |sum, one| match one {
            Sent::Seed(_) => sum + Seed::BYTES,
            Sent::Bytes(bytes) => sum + bytes.len(),
        });
        let begun = Instant::now();
        let held = sent.iter().map(|one| match one {
            Sent::Seed(seed) => Ok(expand(seed, count)),
            Sent::Bytes(bytes) => Ok(Shares::new(F::read(bytes)?)),
        });
        let held: Vec<Shares<F>> = held.collect::<anyhow::Result<_>>()?;
        let loaded = since(begun);
        let begun = Instant::now();
        let opened = reconstruct(committee, "a tensor", Degree::Shares, &held)?;
        let open = since(begun);
        let same = opened.iter().zip(numbers);
        let same = same.filter(|(opened, n)| opened.to_u64() == u64::from(**n));
        ensure!(same.count() == count, "a shared tensor changed");
        Ok([shared, loaded, open])
    })?;
    let party_bytes = count * size_of::<F>();
    Ok(Measured {
        sharing: "shamir",
        parties: committee.size(),
        elements: count,
        party_bytes,
        all_bytes: committee.size() * party_bytes,
        sent_bytes,
        repeats,
        share_ms,
        load_ms,
        open_ms,
    })
}

fn written(words: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size_of_val(words));
    u32::write_le(words, &mut bytes);
    bytes
}

fn since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

/// Repeats, and gives the median of each part, and how often that was.
fn medians(mut once: impl FnMut() -> anyhow::Result<Times>) -> anyhow::Result<(Times, usize)> {
    let begun = Instant::now();
    let mut times: [Vec<f64>; 3] = Default::default();
    while times[0].len() < LEAST || since(begun) < LONGEST_MS {
        for (all, one) in times.iter_mut().zip(once()?) {
            all.push(one);
        }
    }
    let repeats = times[0].len();
    Ok((times.map(report::median), repeats))
}

impl Measured {
    /// Prints it for a person.
    pub fn show(&self) {
        let bytes = |count: usize| report::bytes(count as u64);
        let of = match self.parties {
            1 => String::new(),
            parties => format!(" of {parties} parties"),
        };
        report::line(&format!(
            "{} elements, {}{of}: {} each, {} in all, {} sent; shared in {:.3} ms, loaded in {:.3} ms, \
             opened in {:.3} ms",
            self.elements,
            self.sharing,
            bytes(self.party_bytes),
            bytes(self.all_bytes),
            bytes(self.sent_bytes),
            self.share_ms,
            self.load_ms,
            self.open_ms,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_take_the_bytes_that_their_scheme_says() {
        let measured = measure(1000).unwrap();
        let bytes = measured.iter().map(|one| (one.all_bytes, one.sent_bytes));
        let bytes: Vec<_> = bytes.collect();
        // Of three parties one gets a seed, of five two.
        let expected = [
            (4_000, 4_000),
            (8_000, 4_032),
            (24_000, 16_032),
            (40_000, 24_064),
        ];
        assert_eq!(bytes, expected);
        measured.iter().for_each(Measured::show);
    }
}

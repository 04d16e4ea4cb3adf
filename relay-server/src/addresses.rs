//! How many connections come from one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts those who are inside, for each address.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// 0: no limit.
    limit: usize,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// Somebody who is inside until this is dropped.
#[derive(Debug)]
pub(crate) struct Inside {
    addresses: Addresses,
    network: IpAddr,
}

impl Addresses {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inside: Arc::default(),
        }
    }

    /// Lets one more in, if there are not too many from this address already.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Inside> {
        let network = network(address);
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let count = inside.entry(network).or_default();
        if self.limit > 0 && *count >= self.limit {
            return None;
        }
        *count += 1;
        let addresses = self.clone();
        Some(Inside { addresses, network })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let inside = self.addresses.inside.lock();
        let mut inside = inside.unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.network);
            }
        }
    }
}

/// What counts as one address: whoever has one of IPv6 usually has all that share its first half.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let half = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(half))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_limit_and_leaving_makes_room() {
        let addresses = Addresses::new(2);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let first = enter("192.0.2.1").unwrap();
        let _second = enter("::ffff:192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());
        let _other = enter("192.0.2.2").unwrap();
        drop(first);
        assert!(enter("192.0.2.1").is_some());
        let _pair = [
            enter("2001:db8::1").unwrap(),
            enter("2001:db8::ffff:1").unwrap(),
        ];
        assert!(enter("2001:db8::2").is_none());
        assert!(enter("2001:db8:0:1::1").is_some());
    }

    #[test]
    fn nobody_is_remembered_once_they_left() {
        let addresses = Addresses::new(0);
        let inside: Vec<_> = (0..100)
            .map(|number| {
                addresses
                    .enter(IpAddr::from([192, 0, 2, number % 3]))
                    .unwrap()
            })
            .collect();
        drop(inside);
        assert!(addresses.inside.lock().unwrap().is_empty());
    }
}

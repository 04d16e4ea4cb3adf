//! Whose request it is, where proxies stand in between.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Whether a proxy that we believe has this address.
pub(crate) fn is_trusted(address: IpAddr, proxies: &[IpNet]) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

/// The address of whoever made a request that came from `peer`.
///
/// Each proxy appends the address that it was called from to `X-Forwarded-For`. So the list is read
/// from its end, as long as the addresses are those of proxies that we believe; what stands further
/// in front could be written by anybody.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let lists = headers.get_all("x-forwarded-for").into_iter();
    let lists: Vec<_> = lists.filter_map(|list| list.to_str().ok()).collect();
    let named = lists.iter().rev().flat_map(|list| list.rsplit(','));
    for text in named {
        if !is_trusted(client, proxies) {
            break;
        }
        match text.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            // A believed proxy does not write such a thing; what stands before it is not believed.
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(peer: &str, lists: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append("x-forwarded-for", list.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_proxies_that_are_believed_name_the_client() {
        assert_eq!(of("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(
            of("10.0.0.1", &["203.0.113.9, 198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(
            of("10.0.0.1", &["203.0.113.9", "198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(of("10.0.0.1", &["203.0.113.9, nonsense"]), "10.0.0.1");
        assert_eq!(
            of("10.0.0.1", &["198.51.100.1, 10.0.0.3, ::1"]),
            "198.51.100.1"
        );
    }

    proptest! {
        #[test]
        fn any_header_is_read(text in "[ -~]{0,60}") {
            let _ = of("10.0.0.1", &[&text]);
        }
    }
}

//! Links, networks and pictures.

use std::io::{Cursor, Write as _};

use blindsight_model::fixed_point::IntegerNetwork;
use blindsight_model::idx::{self, Images, Labels};
use blindsight_model::network::{Activation, FullyConnected, Layer, Network, Shape};
use blindsight_model::onnx::{export, import};
use blindsight_model::picture::{Luma, Rgba, digit, digit_of_luma, file};
use blindsight_session::{
    HelperRequest, Invitation, InvitationSecret, PublicKey, RelayOrigin, Role, RoomId, Site,
};
use image::{DynamicImage, GrayImage, ImageFormat};
use ndarray::{Array1, Array2};

use crate::input::Input;

/// A network of 2 x 2 pixels and two classes.
pub(crate) fn network() -> Network {
    let layer = |outputs, inputs, scale: f32| {
        let weight = |(row, column)| (row as f32 - column as f32 + 0.25) * scale;
        Layer::FullyConnected(FullyConnected {
            weights: Array2::from_shape_fn((outputs, inputs), weight),
            bias: Array1::from_shape_fn(outputs, |row| row as f32 * scale),
        })
    };
    let input = Shape {
        channels: 1,
        height: 2,
        width: 2,
    };
    let relu = Layer::Activation(Activation::Relu);
    let layers = vec![layer(3, 4, 0.004), relu, layer(2, 3, 0.5)];
    Network::chain("small", input, vec!["no".into(), "yes".into()], layers)
}

/// Links and addresses; what is read is written and read again as the same. And the request that a
/// relay hands its own helper.
pub(crate) fn invitations(bytes: &[u8]) -> bool {
    let request = HelperRequest::from_bytes(bytes);
    if let Some(request) = &request {
        assert!(HelperRequest::from_bytes(&request.to_bytes()).is_some());
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return request.is_some();
    };
    let _ = (text.parse::<RoomId>(), text.parse::<Role>());
    if let Ok(relay) = RelayOrigin::parse(text) {
        assert_eq!(RelayOrigin::parse(&relay.to_string()).as_ref(), Ok(&relay));
    }
    if let Ok(site) = Site::parse(text) {
        assert_eq!(Site::parse(&site.to_string()).as_ref(), Ok(&site));
    }
    let Ok(invitation) = Invitation::parse(text) else {
        return request.is_some();
    };
    let secret = invitation.to_link();
    assert_eq!(Invitation::parse(&secret).as_ref(), Ok(&invitation));
    true
}

pub(crate) fn invitation_seeds() -> Vec<(String, Vec<u8>)> {
    let relay = RelayOrigin::parse("ws://127.0.0.1:8080").expect("an address");
    let apart = Site::parse("https://pages.example/blindsight/").expect("an address");
    let link = |site: Site, role| {
        let by = (role, InvitationSecret::from_bytes([2; 16]));
        let (room, host) = (RoomId::from_bytes([1; 16]), PublicKey::from_bytes([3; 32]));
        let invitation = Invitation::new((site, relay.clone()), room, by, host, [4; 32]);
        invitation.expect("a guest's role").to_link().into_bytes()
    };
    let request = HelperRequest {
        host: PublicKey::from_bytes([1; 32]),
        secret: InvitationSecret::from_bytes([2; 16]),
        plan: [3; 32],
    };
    let seeds = [
        ("link", link(Site::of_relay(relay.clone()), Role::DataOwner)),
        ("apart", link(apart, Role::Helper)),
        ("request", request.to_bytes()),
    ];
    seeds.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}

/// A network's file: what is imported can be made integers of, or is refused with a reason.
pub(crate) fn onnx(bytes: &[u8]) -> bool {
    match import(bytes, "fuzzed") {
        Ok(network) => {
            let _ = IntegerNetwork::from_float(&network);
            true
        }
        Err(error) => {
            let _ = error.to_string();
            false
        }
    }
}

pub(crate) fn onnx_seeds() -> Vec<(String, Vec<u8>)> {
    vec![("small".to_owned(), export(&network()))]
}

/// A file of a data set, packed or not.
pub(crate) fn idx(bytes: &[u8]) -> bool {
    let Ok(bytes) = idx::read(bytes) else {
        return false;
    };
    let images = Images::parse(&bytes);
    if let Ok(images) = &images {
        assert_eq!(images.iter().count(), images.len());
        assert!(images.get(images.len()).is_none());
        assert_eq!(images.len() * images.size(), images.pixels().len());
    }
    images.is_ok() || Labels::parse(&bytes).is_ok()
}

pub(crate) fn idx_seeds() -> Vec<(String, Vec<u8>)> {
    let header = [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3];
    let images: Vec<u8> = header.into_iter().chain(0..18).collect();
    let labels = vec![0, 0, 8, 1, 0, 0, 0, 2, 7, 3];
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&images).expect("memory");
    let packed = packer.finish().expect("memory");
    [("images", images), ("labels", labels), ("packed", packed)]
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .into()
}

/// The first byte says what: 0 pixels in colour, 1 grey ones, each after width and height; anything
/// else is a file in whatever format.
pub(crate) fn picture(bytes: &[u8]) -> bool {
    let mut input = Input(bytes);
    let mut side = || u32::from(input.byte().unwrap_or(0));
    let picture = match side() {
        0 => Rgba::new(side(), side(), input.0).and_then(digit),
        1 => Luma::new(side(), side(), input.0).and_then(digit_of_luma),
        _ => {
            return match file::decode(Cursor::new(input.0)) {
                Ok(_) => true,
                Err(error) => {
                    let _ = error.to_string();
                    false
                }
            };
        }
    };
    picture.is_ok()
}

pub(crate) fn picture_seeds() -> Vec<(String, Vec<u8>)> {
    // A bar on paper.
    let ink = |column: u32, row| (5..7).contains(&column) && (2..10).contains(&row);
    let grey = GrayImage::from_fn(12, 12, |column, row| {
        image::Luma([if ink(column, row) { 10 } else { 250 }])
    });
    let picture = DynamicImage::ImageLuma8(grey);
    let colour = [&[0, 12, 12][..], picture.to_rgba8().as_raw()].concat();
    let luma = [&[1, 12, 12][..], picture.to_luma8().as_raw()].concat();
    let mut seeds = vec![("rgba".to_owned(), colour), ("luma".to_owned(), luma)];
    let formats = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Pnm,
    ];
    for format in formats {
        let mut bytes = Cursor::new(Vec::new());
        let picture = match format {
            ImageFormat::Jpeg | ImageFormat::Pnm => picture.to_rgb8().into(),
            _ => DynamicImage::from(picture.to_rgba8()),
        };
        picture.write_to(&mut bytes, format).expect("memory");
        let name = format.extensions_str()[0].to_owned();
        seeds.push((name, [&[2][..], bytes.get_ref()].concat()));
    }
    seeds
}

//! One kernel, once: for counting its instructions.
//!
//! `cargo xtask bench --check` runs each of them under valgrind and compares the counts with
//! `instructions.json` beside this file. Without a name this prints all names; with `nothing` it does
//! what comes before every kernel, and no more.

use std::{env, hint::black_box};

use blindsight_mpc::{
    Party,
    compare::{DreluGate, Function, ReluGate, SelectGate},
    geometry::{Shape, Window},
    kernel::{SignMatrix, convolve, products},
    prg::{Domain, Prg, Purpose},
    ring::Word,
    seed::Seed,
};
use ndarray::Array2;

/// Values in one batch of keys.
const COUNT: usize = 256;

/// What comes before a kernel: all that any of them needs.
struct Inputs {
    words: Vec<u32>,
    narrow: Vec<u16>,
    masks: Vec<u64>,
    weights: Array2<i32>,
    narrow_weights: Array2<u16>,
    signs: Option<SignMatrix>,
    keys: [Vec<u8>; 3],
}

type Kernel = (&'static str, fn(&Inputs));

const KERNELS: [Kernel; 10] = [
    ("nothing", |_| ()),
    ("sign keys, 14 bits", |i| {
        drop(black_box(sign().deal::<u16>(
            &i.masks,
            &mut stream(1),
            &mut stream(2),
        )));
    }),
    ("sign, 14 bits", |i| {
        let own = sign().expand::<u16>(COUNT, &mut stream(1));
        drop(black_box(sign().evaluate_sign::<u16>(
            Party::P0,
            &i.keys[0],
            &own,
            &i.masks,
        )));
    }),
    ("ReLU keys, 14 bits", |i| {
        drop(black_box(relu().deal::<u32>(
            &i.masks,
            &mut stream(1),
            &mut stream(2),
        )));
    }),
    ("ReLU, 14 bits", |i| {
        let own = relu().expand::<u32>(COUNT, &mut stream(1));
        let relu = relu().evaluate::<u32>(Party::P0, &i.keys[1], &own, &i.masks, Function::Relu);
        drop(black_box(relu));
    }),
    ("selection, 14 bits", |i| {
        let own = select().expand::<u32>(COUNT, &mut stream(1));
        let masked = &i.words[..COUNT];
        drop(black_box(select().evaluate::<u32>(
            Party::P0,
            &i.keys[2],
            &own,
            masked,
        )));
    }),
    ("product, 32 bits, 128 x 784", |i| {
        drop(black_box(products(i.weights.view(), &[&i.words[..784]])));
    }),
    ("8 products, 16 bits, 128 x 784", |i| {
        let xs: Vec<&[u16]> = i.narrow.chunks_exact(784).take(8).collect();
        drop(black_box(products(i.narrow_weights.view(), &xs)));
    }),
    ("product with signs, 16 bits, 128 x 784", |i| {
        let signs = i.signs.as_ref();
        drop(black_box(
            signs.map(|signs| signs.products(&[&i.narrow[..784]])),
        ));
    }),
    (
        "convolution, 32 bits, 5 x 5, 8 x 12 x 12 to 16 x 8 x 8",
        |i| {
            let from = Shape {
                channels: 8,
                height: 12,
                width: 12,
            };
            let to = Shape {
                channels: 16,
                height: 8,
                width: 8,
            };
            let weights = i.weights.as_slice().and_then(|w| w.get(..16 * 200));
            let weights = weights.and_then(|w| ndarray::ArrayView2::from_shape((16, 200), w).ok());
            let window = Window::square(5, 1);
            let x = &i.words[..from.elements()];
            drop(black_box(
                weights.map(|w| convolve(w, x, from, to, &window, 1)),
            ));
        },
    ),
];

fn sign() -> DreluGate {
    DreluGate {
        width: 14,
        tweak: [0, 0],
    }
}

fn relu() -> ReluGate {
    ReluGate {
        width: 14,
        tweak: [0, 0],
    }
}

fn select() -> SelectGate {
    SelectGate {
        shift: 6,
        width: 14,
        tweak: [0, 0],
    }
}

fn stream(byte: u8) -> Prg {
    let domain = Domain {
        purpose: Purpose::GateKey,
        number: 1,
        step: 0,
    };
    Prg::new(&Seed::from_bytes([byte; 32]), domain)
}

impl Inputs {
    fn new() -> Self {
        let words = stream(3).words::<u32>(128 * 784).to_vec();
        let masks: Vec<u64> = words[..COUNT]
            .iter()
            .map(|word| (word >> 18).into())
            .collect();
        let matrix = |of: fn(u32) -> i32| {
            Array2::from_shape_fn((128, 784), |(row, column)| of(words[row * 784 + column]))
        };
        let (mut a, mut b) = (stream(1), stream(2));
        let sign_keys = sign().deal::<u16>(&masks, &mut a, &mut b);
        let relu_keys = relu().deal::<u32>(&masks, &mut a, &mut b);
        let select_keys = select().deal::<u32>(&words[..COUNT], &mut a, &mut b);
        Self {
            weights: matrix(|word| (word >> 20) as i32 - 2048),
            narrow_weights: matrix(|word| word as i32).mapv(|word| u16::from_i64(word.into())),
            signs: SignMatrix::new(&matrix(|word| if word & 1 == 1 { 1 } else { -1 })),
            narrow: words.iter().map(|word| *word as u16).collect(),
            keys: [sign_keys, relu_keys, select_keys].map(Result::unwrap_or_default),
            masks,
            words,
        }
    }
}

fn main() {
    // Cargo adds `--bench`.
    let wanted = env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    match wanted {
        None => KERNELS.iter().for_each(|(name, _)| println!("{name}")),
        Some(wanted) => {
            let inputs = black_box(Inputs::new());
            let mut kernels = KERNELS.iter();
            if let Some((_, kernel)) = kernels.find(|(name, _)| *name == wanted) {
                kernel(&inputs);
            } else {
                eprintln!("there is no kernel `{wanted}`");
                std::process::exit(2);
            }
        }
    }
}

//! Comparison keys, gates and ring products.
//!
//! `cargo bench -p blindsight-mpc`

use std::hint::black_box;

use blindsight_mpc::{
    Party,
    compare::{DreluGate, Function, ReluGate},
    kernel::products as product,
    prg::{Domain, Prg, Purpose},
    ring::Word,
    seed::Seed,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array2;

/// Values in one batch of keys.
const COUNT: usize = 1024;

fn stream(byte: u8) -> Prg {
    let domain = Domain {
        purpose: Purpose::GateKey,
        number: 1,
        step: 0,
    };
    Prg::new(&Seed::from_bytes([byte; 32]), domain)
}

fn masks(width: u32) -> Vec<u64> {
    let words = stream(3).words::<u64>(COUNT);
    words.iter().map(|word| word >> (64 - width)).collect()
}

fn comparison_keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("comparison");
    group.throughput(Throughput::Elements(COUNT as u64));
    for width in [17, 33] {
        let (masks, tweak) = (masks(width), [0, 0]);
        let drelu = DreluGate { width, tweak };
        group.bench_with_input(BenchmarkId::new("DReLU keys", width), &masks, |b, masks| {
            b.iter(|| drelu.deal::<u8>(masks, &mut stream(1), &mut stream(2)));
        });
        if let Ok(key) = drelu.deal::<u8>(&masks, &mut stream(1), &mut stream(2)) {
            let own = drelu.expand::<u8>(COUNT, &mut stream(1));
            group.bench_with_input(BenchmarkId::new("DReLU", width), &masks, |b, masks| {
                b.iter(|| drelu.evaluate::<u8>(Party::P0, black_box(&key), &own, masks));
            });
        }
    }
    let (masks, gate) = (
        masks(17),
        ReluGate {
            width: 17,
            tweak: [0, 0],
        },
    );
    group.bench_with_input(BenchmarkId::new("ReLU keys", 17), &masks, |b, masks| {
        b.iter(|| gate.deal::<u32>(masks, &mut stream(1), &mut stream(2)));
    });
    if let Ok(key) = gate.deal::<u32>(&masks, &mut stream(1), &mut stream(2)) {
        let own = gate.expand::<u32>(COUNT, &mut stream(1));
        group.bench_with_input(BenchmarkId::new("ReLU", 17), &masks, |b, masks| {
            b.iter(|| {
                gate.evaluate::<u32>(Party::P0, black_box(&key), &own, masks, Function::Relu)
            });
        });
    }
    group.finish();
}

fn products(criterion: &mut Criterion) {
    fn of<T: Word>(criterion: &mut Criterion, rows: usize, cols: usize) {
        let mut group = criterion.benchmark_group("products");
        group.throughput(Throughput::Elements((rows * cols) as u64));
        let words = |count| stream(4).words::<T>(count).to_vec();
        let shape = format!("u{} {rows}x{cols}", T::BITS);
        let Ok(w) = Array2::from_shape_vec((rows, cols), words(rows * cols)) else {
            return;
        };
        let x = words(32 * cols);
        let xs: Vec<&[T]> = x.chunks_exact(cols).collect();
        group.bench_function(BenchmarkId::new("matvec", &shape), |b| {
            b.iter(|| product(black_box(w.view()), &xs[..1]));
        });
        group.throughput(Throughput::Elements((32 * rows * cols) as u64));
        group.bench_function(BenchmarkId::new("matmul of 32", &shape), |b| {
            b.iter(|| product(black_box(w.view()), &xs));
        });
        group.finish();
    }
    of::<u16>(criterion, 128, 784);
    of::<u32>(criterion, 128, 784);
    of::<u64>(criterion, 128, 784);
    of::<u32>(criterion, 2048, 2048);
}

fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("streams");
    let bytes = 1 << 20;
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("1 MiB of masks", |b| {
        b.iter(|| stream(5).bytes(bytes));
    });
    group.finish();
}

criterion_group!(benches, comparison_keys, products, streams);
criterion_main!(benches);

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
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
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

/// Signs and ReLUs of the widths that bundled networks have, and comparisons of logits.
fn comparison_keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("comparison");
    group.throughput(Throughput::Elements(COUNT as u64));
    for width in [14, 31] {
        drelu::<u8>(&mut group, width);
    }
    for width in [14, 18] {
        drelu::<u16>(&mut group, width);
    }
    for width in [13, 15, 18, 21] {
        relu(&mut group, width);
    }
    group.finish();
}

fn drelu<T: Word>(group: &mut BenchmarkGroup<'_, WallTime>, width: u32) {
    let (masks, tweak) = (masks(width), [0, 0]);
    let gate = DreluGate { width, tweak };
    let name = format!("{width} bits to u{}", T::BITS);
    group.bench_with_input(BenchmarkId::new("DReLU keys", &name), &masks, |b, masks| {
        b.iter(|| gate.deal::<T>(masks, &mut stream(1), &mut stream(2)));
    });
    if let Ok(key) = gate.deal::<T>(&masks, &mut stream(1), &mut stream(2)) {
        let own = gate.expand::<T>(COUNT, &mut stream(1));
        group.bench_with_input(BenchmarkId::new("DReLU", &name), &masks, |b, masks| {
            b.iter(|| gate.evaluate::<T>(Party::P0, black_box(&key), &own, masks));
        });
    }
}

fn relu(group: &mut BenchmarkGroup<'_, WallTime>, width: u32) {
    let (masks, tweak) = (masks(width), [0, 0]);
    let gate = ReluGate { width, tweak };
    let name = format!("{width} bits to u32");
    group.bench_with_input(BenchmarkId::new("ReLU keys", &name), &masks, |b, masks| {
        b.iter(|| gate.deal::<u32>(masks, &mut stream(1), &mut stream(2)));
    });
    if let Ok(key) = gate.deal::<u32>(&masks, &mut stream(1), &mut stream(2)) {
        let own = gate.expand::<u32>(COUNT, &mut stream(1));
        group.bench_with_input(BenchmarkId::new("ReLU", &name), &masks, |b, masks| {
            b.iter(|| {
                gate.evaluate::<u32>(Party::P0, black_box(&key), &own, masks, Function::Relu)
            });
        });
    }
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

//! What is written is read again as it was.

use ndarray::{Array1, Array2, Array3, Array4};
use proptest::prelude::*;

use crate::{
    evaluate::float,
    network::{
        Activation, Convolution, FullyConnected, Layer, Network, Node, Shape, Value, Window,
    },
    onnx::{export, import},
};

/// Four bytes that choose a layer and its numbers.
type Choice = [u8; 4];

/// A network as it grows.
struct Growing {
    network: Network,
    shape: Shape,
    /// Numbers that have been given out: no two of a layer are equal.
    numbers: u32,
    signs: bool,
}

impl Growing {
    fn number(&mut self) -> f32 {
        self.numbers += 1;
        let mixed = self.numbers.wrapping_mul(2_654_435_761) >> 8;
        match self.signs {
            true => [1.0, -1.0][mixed as usize % 2],
            false => (mixed as f32 - 8_388_608.0) / 6_291_456.0,
        }
    }

    fn current(&self) -> Value {
        let last = self.network.nodes.len().checked_sub(1);
        last.map_or(Value::Picture, Value::Node)
    }

    fn shape_of(&self, value: Value) -> Shape {
        match value {
            Value::Picture => self.network.input,
            Value::Node(index) => self.network.shapes().unwrap()[index],
        }
    }

    /// Puts a layer behind, if it fits.
    fn push(&mut self, inputs: Vec<Value>, layer: Layer) {
        self.network.nodes.push(Node { inputs, layer });
        match self.network.shapes() {
            Ok(shapes) => self.shape = *shapes.last().unwrap(),
            Err(_) => drop(self.network.nodes.pop()),
        }
    }

    fn dense(&mut self, outputs: usize) {
        let inputs = self.shape.elements();
        let weights = Array2::from_shape_simple_fn((outputs, inputs), || self.number());
        let bias = Array1::from_shape_simple_fn(outputs, || self.number());
        let layer = Layer::FullyConnected(FullyConnected { weights, bias });
        self.push(vec![self.current()], layer);
    }

    fn convolution(&mut self, [a, b, c]: [u8; 3]) {
        let window = window([a, b, c]);
        let groups = if c % 3 == 0 { self.shape.channels } else { 1 };
        let outputs = groups as usize * (1 + usize::from(a % 2));
        let inputs = (self.shape.channels / groups) as usize;
        let [rows, columns] = window.kernel.map(|n| n as usize);
        let weights =
            Array4::from_shape_simple_fn((outputs, inputs, rows, columns), || self.number());
        let places = self.shape.under(&window, outputs as u32);
        let (height, width) = match places {
            Some(places) if b % 4 == 0 => (places.height as usize, places.width as usize),
            _ => (1, 1),
        };
        let bias = Array3::from_shape_simple_fn((outputs, height, width), || self.number());
        let layer = Layer::Convolution(Convolution {
            weights,
            bias,
            window,
            groups,
        });
        self.push(vec![self.current()], layer);
    }

    fn grow(&mut self, [kind, a, b, c]: Choice) {
        let current = self.current();
        let last = self.network.nodes.last().map(|node| &node.layer);
        let linear = matches!(last, Some(Layer::FullyConnected(_)));
        let open = matches!(
            last,
            Some(
                Layer::FullyConnected(_) | Layer::Convolution(_) | Layer::Add | Layer::Concatenate
            )
        );
        let earlier = match usize::from(a) % (self.network.nodes.len() + 1) {
            0 => Value::Picture,
            index => Value::Node(index - 1),
        };
        match kind % 8 {
            // Of two in a row one would be left.
            0 if !linear => self.dense(1 + usize::from(a % 6)),
            1 => self.convolution([a, b, c]),
            2 => self.push(vec![current], Layer::MaxPool(window([a, b, c & 0xf0]))),
            3 => {
                let layer = Layer::AveragePool {
                    window: window([a, b, c & 0xf0]),
                    count_padding: c % 2 == 0,
                };
                self.push(vec![current], layer);
            }
            4 if earlier != current => self.push(vec![current, earlier], Layer::Add),
            5 => self.push(vec![earlier, current], Layer::Concatenate),
            6 if self.shape.elements().is_multiple_of(4) && self.shape.plane() == 1 => {
                let channels = self.shape.channels / 4;
                let shape = Shape {
                    channels,
                    height: 2,
                    width: 2,
                };
                let before = self.network.nodes.len();
                self.push(vec![current], Layer::Reshape(shape));
                self.convolution([a, b, c]);
                // A reshape that nothing needs is left out.
                if self.network.nodes.len() == before + 1 {
                    self.network.nodes.pop();
                    self.shape = self.shape_of(current);
                }
            }
            _ => {
                let functions = [
                    Activation::Relu,
                    Activation::LeakyRelu { slope: 0.125 },
                    Activation::Clip { high: 2.5 },
                    Activation::Sign,
                ];
                // A ReLU is left out where nothing is below 0.
                let function = functions[usize::from(a % 4).max(usize::from(!open))];
                self.push(vec![current], Layer::Activation(function));
            }
        }
    }
}

fn window([a, b, c]: [u8; 3]) -> Window {
    let two = |n: u8, many: u8| [u32::from(n % many), u32::from(n / many % many)];
    let [rows, columns] = two(a, 3);
    Window {
        kernel: [rows + 1, columns + 1],
        stride: two(b, 2).map(|n| n + 1),
        dilation: two(c, 2).map(|n| n + 1),
        before: two(b / 16, 2),
        after: two(c / 16, 2),
    }
}

fn network(input: Shape, choices: &[Choice], classes: usize, signs: bool) -> Network {
    let labels = (0..classes).map(|class| format!("class {class}")).collect();
    let mut growing = Growing {
        network: Network::chain("random", input, labels, Vec::new()),
        shape: input,
        numbers: 0,
        signs,
    };
    for choice in choices {
        growing.grow(*choice);
    }
    if matches!(
        growing.network.nodes.last().map(|node| &node.layer),
        Some(Layer::FullyConnected(_))
    ) {
        growing.grow([7, 1, 0, 0]);
    }
    growing.dense(classes);
    growing.network
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_exported_is_imported(
        channels in 1_u32..4, height in 1_u32..8, width in 1_u32..8,
        choices in prop::collection::vec(any::<Choice>(), 0..12),
        classes in 1_usize..5,
        pixel in any::<u8>(),
    ) {
        let input = Shape { channels, height, width };
        let network = network(input, &choices, classes, false);
        let again = import(&export(&network), &network.name);
        prop_assert_eq!(again.as_ref(), Ok(&network));
        let pixels: Vec<u8> = (0..input.elements()).map(|i| pixel.wrapping_mul(i as u8)).collect();
        let logits = float::logits(&network, &pixels).unwrap();
        prop_assert_eq!(float::logits(&again.unwrap(), &pixels).unwrap(), logits);
    }

    #[test]
    fn labels_and_names_are_kept(
        name in any::<String>(),
        labels in prop::collection::vec(any::<String>(), 2..5),
    ) {
        let mut network = network(Shape::flat(3), &[], labels.len(), false);
        network.labels = labels;
        network.name = name;
        prop_assert_eq!(import(&export(&network), &network.name), Ok(network));
    }
}

#[test]
fn weights_of_one_and_minus_one_are_bits() {
    // 65 x 97 weights are no whole number of bytes.
    for (inputs, hidden) in [(64, 128), (97, 65)] {
        let chain = [[0, 0, 0, 0]; 0];
        let mut growing = Growing {
            network: network(Shape::flat(inputs), &chain, 0, true),
            shape: Shape::flat(inputs),
            numbers: 0,
            signs: true,
        };
        growing.network.nodes.clear();
        growing.dense(hidden);
        growing.push(vec![Value::Node(0)], Layer::Activation(Activation::Sign));
        growing.signs = false;
        growing.dense(3);
        growing.network.labels = ["a", "b", "c"].map(String::from).into();
        let bytes = export(&growing.network);
        let weights = inputs as usize * hidden;
        // The table takes 8 kB, everything else less than that again.
        assert!(bytes.len() < weights / 8 + 16_000, "{}", bytes.len());
        assert!(bytes.len() < 4 * weights);
        assert_eq!(import(&bytes, "random"), Ok(growing.network));
    }
}

/// The binarised network of the study: 784-4096-4096-4096-10.
#[test]
fn a_large_binarised_network_is_a_small_file() {
    let mut growing = Growing {
        network: network(Shape::MNIST, &[], 0, true),
        shape: Shape::MNIST,
        numbers: 0,
        signs: true,
    };
    growing.network.nodes.clear();
    for layer in 0..3 {
        growing.dense(4096);
        let sign = Layer::Activation(Activation::Sign);
        growing.push(vec![Value::Node(2 * layer)], sign);
    }
    growing.dense(10);
    growing.network.labels = (0..10).map(|digit| digit.to_string()).collect();
    let bytes = export(&growing.network);
    assert!(bytes.len() < 5_000_000, "{}", bytes.len());
    assert!(import(&bytes, "random").unwrap() == growing.network);
}

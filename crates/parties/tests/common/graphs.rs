//! Random networks of every kind of layer.

use blindsight_model::network::{
    Activation, Convolution, FullyConnected, Layer, Network, Node, Shape, Value, Window,
};
use blindsight_model::plan::WindowWeights;
use chacha20::ChaCha20Rng;
use ndarray::{Array1, Array2, Array3, Array4};
use rand_core::{Rng, SeedableRng};

/// Builds a network node by node.
pub struct Builder {
    rng: ChaCha20Rng,
    network: Network,
}

impl Builder {
    pub fn new(input: Shape, seed: u64) -> Self {
        Self {
            rng: ChaCha20Rng::seed_from_u64(seed),
            network: Network::chain("random", input, Vec::new(), Vec::new()),
        }
    }

    /// Below `bound`.
    pub fn choose(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn weight(&mut self, size: f32) -> f32 {
        (self.rng.next_u32() as f32 / u32::MAX as f32 - 0.5) * 2.0 * size
    }

    pub fn shape(&self, value: Value) -> Shape {
        match value {
            Value::Picture => self.network.input,
            Value::Node(node) => self.network.shapes().expect("fits")[node],
        }
    }

    pub fn push(&mut self, inputs: &[Value], layer: Layer) -> Value {
        self.network.nodes.push(Node {
            inputs: inputs.to_vec(),
            layer,
        });
        Value::Node(self.network.nodes.len() - 1)
    }

    /// What keeps values of about one unit, wherever they come from.
    fn size(&self, value: Value, terms: usize) -> f32 {
        let unit = if value == Value::Picture { 128.0 } else { 1.0 };
        1.5 / (unit * (terms as f32).sqrt())
    }

    pub fn dense(&mut self, from: Value, outputs: usize) -> Value {
        let inputs = self.shape(from).elements();
        let size = self.size(from, inputs);
        let weights = Array2::from_shape_simple_fn((outputs, inputs), || self.weight(size));
        let bias = Array1::from_shape_simple_fn(outputs, || self.weight(0.3));
        self.push(
            &[from],
            Layer::FullyConnected(FullyConnected { weights, bias }),
        )
    }

    pub fn convolution(
        &mut self,
        from: Value,
        outputs: usize,
        window: Window,
        groups: u32,
    ) -> Value {
        let inputs = (self.shape(from).channels / groups) as usize;
        let [rows, columns] = window.kernel.map(|n| n as usize);
        let size = self.size(from, inputs * rows * columns);
        let weights =
            Array4::from_shape_simple_fn((outputs, inputs, rows, columns), || self.weight(size));
        let shape = self
            .shape(from)
            .under(&window, outputs as u32)
            .expect("fits");
        let plane = if self.choose(3) == 0 {
            (shape.height as usize, shape.width as usize)
        } else {
            (1, 1)
        };
        let bias = Array3::from_shape_simple_fn((outputs, plane.0, plane.1), || self.weight(0.3));
        let layer = Convolution {
            weights,
            bias,
            window,
            groups,
        };
        self.push(&[from], Layer::Convolution(layer))
    }

    pub fn activation(&mut self, from: Value) -> Value {
        let function = match self.choose(4) {
            0 => Activation::LeakyRelu { slope: 0.1 },
            1 => Activation::Clip { high: 1.0 },
            _ => Activation::Relu,
        };
        self.push(&[from], Layer::Activation(function))
    }

    /// A window that fits a value, at random.
    pub fn window(&mut self, from: Value) -> Window {
        let shape = self.shape(from);
        loop {
            let mut two =
                |low: u32, bound: u32| [low + self.choose(bound), low + self.choose(bound)];
            let window = Window {
                kernel: two(1, 3),
                stride: two(1, 2),
                dilation: two(1, 2),
                before: two(0, 2),
                after: two(0, 2),
            };
            if WindowWeights::new(shape, &window, false).is_some() {
                return window;
            }
        }
    }

    pub fn finish(mut self, from: Value, classes: usize) -> Network {
        self.dense(from, classes);
        self.network.labels = super::labels(classes);
        self.network
    }
}

/// A network of a few random blocks.
pub fn random(seed: u64) -> Network {
    let mut start = ChaCha20Rng::seed_from_u64(seed ^ 0x9e37);
    let mut side = || 4 + start.next_u32() % 4;
    let input = Shape {
        channels: 1 + side() % 3,
        height: side(),
        width: side(),
    };
    let mut b = Builder::new(input, seed);
    let mut x = Value::Picture;
    for _ in 0..1 + b.choose(3) {
        let channels = b.shape(x).channels;
        x = match b.choose(7) {
            // Pooling in front of the activation, and behind it.
            0 => {
                let window = b.window(x);
                let y = b.convolution(x, 4, window, 1);
                let window = b.window(y);
                let y = b.push(&[y], Layer::MaxPool(window));
                b.activation(y)
            }
            1 => {
                let window = b.window(x);
                let y = b.convolution(x, 3, window, 1);
                let y = b.activation(y);
                let window = b.window(y);
                b.push(&[y], Layer::MaxPool(window))
            }
            // Each channel for itself, then all together, with nothing between.
            2 => {
                let window = b.window(x);
                let y = b.convolution(x, channels as usize * 2, window, channels);
                let y = b.convolution(y, 4, Window::square(1, 1), 1);
                b.activation(y)
            }
            // A shortcut.
            3 => {
                let y = b.convolution(x, 4, Window::square(1, 1), 1);
                let y = b.activation(y);
                let z = b.convolution(y, 4, Window::square(3, 1).padded(1), 1);
                let z = b.push(&[z, y], Layer::Add);
                b.activation(z)
            }
            // Branches side by side.
            4 => {
                let y = b.convolution(x, 2, Window::square(3, 1).padded(1), 1);
                let y = b.activation(y);
                let z = b.convolution(x, 3, Window::square(1, 1), 1);
                let z = b.activation(z);
                let both = b.push(&[y, z], Layer::Concatenate);
                let w = b.convolution(both, 4, Window::square(1, 1), 1);
                b.activation(w)
            }
            5 => {
                let y = b.convolution(x, 4, Window::square(1, 1), 1);
                let y = b.activation(y);
                let window = b.window(y);
                let count_padding = b.choose(2) == 0;
                b.push(
                    &[y],
                    Layer::AveragePool {
                        window,
                        count_padding,
                    },
                )
            }
            _ => {
                let y = b.dense(x, 8);
                let y = b.activation(y);
                let shape = Shape {
                    channels: 2,
                    height: 2,
                    width: 2,
                };
                b.push(&[y], Layer::Reshape(shape))
            }
        };
    }
    b.finish(x, 5)
}

/// A convolution with pooling of 3 x 3 behind it, for pictures of `side` x `side`: all turns occur.
pub fn pooled(side: u32, channels: usize, classes: usize) -> Network {
    let input = Shape {
        channels: 1,
        height: side,
        width: side,
    };
    let mut b = Builder::new(input, 3);
    let y = b.convolution(Value::Picture, channels, Window::square(2, 1), 1);
    let y = b.push(&[y], Layer::MaxPool(Window::square(3, 1)));
    let y = b.push(&[y], Layer::Activation(Activation::Relu));
    b.finish(y, classes)
}

/// A binarised network: weights of +1 and -1, biases between integers, signs.
pub fn binarised(input: Shape, widths: &[usize], seed: u64) -> Network {
    let mut b = Builder::new(input, seed);
    let mut layers = Vec::new();
    let mut inputs = input.elements();
    for (index, &outputs) in widths.iter().enumerate() {
        let sign = |b: &mut Builder| if b.choose(2) == 0 { 1.0 } else { -1.0 };
        let weights = Array2::from_shape_simple_fn((outputs, inputs), || sign(&mut b));
        let bias = Array1::from_shape_simple_fn(outputs, || b.choose(9) as f32 - 4.5);
        layers.push(Layer::FullyConnected(FullyConnected { weights, bias }));
        if index + 1 < widths.len() {
            layers.push(Layer::Activation(Activation::Sign));
        }
        inputs = outputs;
    }
    Network::chain("binarised", input, super::labels(inputs), layers)
}

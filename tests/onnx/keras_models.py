"""Writes small networks with random weights by Keras and tf2onnx."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy
import tensorflow
import tf2onnx
from keras import layers

from common import FOLDER, record, without_paths

VERSION = (f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}, "
           f"tf2onnx {tf2onnx.__version__.split('/')[0]}")


def convolutions():
    return [
        keras.Input((12, 12, 3)),
        layers.Conv2D(4, 3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(3, 2, padding="same"),
        layers.Conv2D(5, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]


def grey():
    return [
        keras.Input((12, 12, 1)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(4, 3, activation="leaky_relu"),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(8, activation="relu"),
        layers.Dense(10),
    ]


def mobile():
    return [
        keras.Input((12, 12, 3)),
        layers.Rescaling(1 / 255),
        layers.ZeroPadding2D(1),
        layers.Conv2D(4, 3, strides=2, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(6),
        layers.DepthwiseConv2D(3, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(6),
        layers.AveragePooling2D(2, padding="same"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10, activation="softmax"),
    ]


def dense():
    return [
        keras.Input((10, 10)),
        layers.Flatten(),
        layers.Dense(12, activation="relu"),
        layers.BatchNormalization(),
        layers.Dense(10, activation="softmax"),
    ]


def two_classes():
    return [
        keras.Input((8, 8, 1)),
        layers.Conv2D(3, 3, activation="relu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(1, activation="sigmoid"),
    ]


def branches():
    given = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(given)
    y = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.Concatenate()([x, layers.Conv2D(2, 1)(x), layers.MaxPooling2D(3, 1, "same")(x)])
    x = layers.Flatten()(layers.Conv2D(4, 3, strides=2, activation="relu")(x))
    return keras.Model(given, layers.Dense(10)(x))


def write(name, make, shape, *, layout="nhwc", **more):
    keras.utils.set_random_seed(sum(name.encode()))
    model = make()
    if isinstance(model, list):
        model = keras.Sequential(model)
    generator = numpy.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([generator.uniform(0.5, 1.5, weight.shape)
                               for weight in layer.get_weights()])
    given = model.inputs[0]
    signature = [tensorflow.TensorSpec(given.shape, tensorflow.float32, name="x")]
    function = tensorflow.function(lambda x: model(x, training=False), input_signature=signature)
    tf2onnx.convert.from_function(function, signature, opset=more.pop("opset", 15),
                                  output_path=str(FOLDER / f"{name}.onnx"))
    without_paths(name)
    record(name, shape, layout=layout, made_with=VERSION, **more)


write("keras-convolutions", convolutions, (3, 12, 12), output="softmax")
write("keras-grey", grey, (1, 12, 12))
write("keras-grey-9", grey, (1, 12, 12), opset=9)
write("keras-mobile", mobile, (3, 12, 12), output="softmax", pixels=1.0)
write("keras-dense", dense, (1, 10, 10), output="softmax", layout="nhw")
write("keras-two-classes", two_classes, (1, 8, 8), output="sigmoid")
write("keras-branches", branches, (3, 12, 12))

"""Writes small classifiers of scikit-learn by skl2onnx."""

import numpy
import skl2onnx
import sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common import FOLDER, record

VERSION = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}"


def write(name, classes, *, kind=FloatTensorType, labels=None, scaled=False, **options):
    generator = numpy.random.default_rng(sum(name.encode()))
    x = generator.random((200, 64))
    y = generator.integers(0, classes, 200)
    if labels:
        y = numpy.array(labels)[y]
    model = MLPClassifier((8,), max_iter=20, random_state=1)
    if scaled:
        model = make_pipeline(StandardScaler(), model)
    model.fit(x, y)
    file = skl2onnx.to_onnx(model, initial_types=[("x", kind([None, 64]))], **options)
    (FOLDER / f"{name}.onnx").write_bytes(file.SerializeToString())
    last = model[-1] if scaled else model
    record(name, (1, 1, 64), layout="flat", output="softmax", index=1,
           labels=[str(label) for label in last.classes_], made_with=VERSION)


write("sklearn-10", 10)
write("sklearn-no-zipmap", 10, options={"zipmap": False})
write("sklearn-labels", 3, labels=["cat", "dog", "owl"])
write("sklearn-2", 2)
write("sklearn-scaled", 4, scaled=True)
write("sklearn-double", 4, kind=DoubleTensorType, options={"zipmap": False})

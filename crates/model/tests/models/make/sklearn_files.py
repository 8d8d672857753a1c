"""Model files that skl2onnx writes of scikit-learn, and NumPy's of EllipticEnvelope and GaussianMixture:
python sklearn_files.py OUT_DIR"""

import warnings

import numpy as np
import onnxruntime
import skl2onnx
import sklearn
from scipy.spatial.distance import cdist
from skl2onnx.common.data_types import FloatTensorType
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fixture import Folder, features, inputs

folder = Folder("sklearn", f"{sklearn.__version__}, skl2onnx {skl2onnx.__version__}")
warnings.filterwarnings("ignore")


def run(name, given):
    """The outputs of ONNX Runtime, by name, one row at a time."""
    session = onnxruntime.InferenceSession(folder.file(name + ".onnx"))
    (source,) = session.get_inputs()
    rows = [session.run(None, {source.name: row[None]}) for row in given]
    names = [output.name for output in session.get_outputs()]
    return {name: np.array([row[i].ravel() for row in rows]) for i, name in enumerate(names)}


def write(name, model, n, **options):
    start = [("features", FloatTensorType([None, n]))]
    converted = skl2onnx.convert_sklearn(model, initial_types=start, **options)
    with open(folder.file(name + ".onnx"), "wb") as out:
        out.write(converted.SerializeToString())


def network(name, model, layers, rows, given):
    """An autoencoder by MLPRegressor: it learns to give what it gets."""
    model.fit(rows, rows)
    write(name, model, given.shape[1])
    folder.add(name + ".onnx", layers, given, run(name, given)["variable"])


def perceptron(function, *sizes):
    return MLPRegressor(hidden_layer_sizes=sizes, activation=function, max_iter=60, random_state=1)


rows = np.random.default_rng(1).standard_normal((300, 3)) @ np.random.default_rng(2).standard_normal((3, 12))
network("relu", perceptron("relu", 4), ["MLPRegressor relu 4"], rows[:, :6], inputs(6, 1))
network("tanh", perceptron("tanh", 8, 3, 8), ["MLPRegressor tanh 8 3 8"], rows[:, :10], inputs(10, 2))
network("logistic", perceptron("logistic", 5, 5), ["MLPRegressor logistic 5 5"], rows[:, :6], inputs(6, 3))
network("identity", perceptron("identity", 3), ["MLPRegressor identity 3"], rows, inputs(12, 4))
network(
    "standard_scaler",
    make_pipeline(StandardScaler(), perceptron("relu", 6, 2, 6)),
    ["StandardScaler", "MLPRegressor relu 6 2 6"],
    rows[:, :8] * np.linspace(0.5, 4, 8) + np.linspace(-3, 8, 8),
    inputs(8, 5),
)
network(
    "min_max_scaler",
    make_pipeline(MinMaxScaler(), perceptron("tanh", 4)),
    ["MinMaxScaler", "MLPRegressor tanh 4"],
    rows[:, :6] + np.linspace(-2, 2, 6),
    inputs(6, 6),
)
network(
    "two_scalers",
    make_pipeline(StandardScaler(with_mean=False), MinMaxScaler((-1, 1)), perceptron("logistic", 4)),
    ["StandardScaler without mean", "MinMaxScaler -1 1", "MLPRegressor logistic 4"],
    rows[:, :5] + np.linspace(-2, 2, 5),
    inputs(5, 7),
)


def precisions(model):
    """[k, n, n], whatever the type of the covariance."""
    k, n = model.means_.shape
    found = model.precisions_
    if model.covariance_type == "tied":
        return np.array([found] * k)
    if model.covariance_type == "diag":
        return np.array([np.diag(each) for each in found])
    if model.covariance_type == "spherical":
        return np.array([each * np.eye(n) for each in found])
    return found


def distances(model, given):
    """Squared Mahalanobis distances to each component, by SciPy: [rows, k]."""
    given = given.astype("float64")
    return np.concatenate(
        [
            cdist(given, mean[None], "mahalanobis", VI=precision) ** 2
            for mean, precision in zip(model.means_, precisions(model))
        ],
        axis=1,
    )


def states(n, k, seed):
    """Rows of features in `k` states of the machine, each a step of its own away."""
    every = [features(n, seed + state, 300)[:-2] for state in range(k)]
    sd = every[0].std(0)
    return np.concatenate(
        [rows + 6 * state * sd * np.where(np.arange(n) % 2, 1, -1) for state, rows in enumerate(every)]
    )


for kind in ("full", "diag", "tied", "spherical"):
    for k in (1, 3):
        n = {"full": 6, "diag": 4, "tied": 5, "spherical": 3}[kind]
        rows = states(n, k, 40)
        # A common covariance says little of features of different sizes: these in standard deviations.
        given = features(n, 50 + k)
        if kind in ("tied", "spherical"):
            mean, sd = rows.mean(0), rows.std(0)
            rows, given = (rows - mean) / sd, ((given - mean) / sd).astype("float32")
        mixture = GaussianMixture(k, covariance_type=kind, random_state=1).fit(rows)
        name = f"mixture_{kind}_{k}"
        write(name, mixture, n, options={GaussianMixture: {"score_samples": True}})
        folder.add(
            name + ".onnx",
            [f"GaussianMixture {kind} of {k}"],
            given,
            run(name, given)["score_samples"],
            distances=distances(mixture, given),
        )

# As skl2onnx writes it unless asked for more: without score_samples, which are scikit-learn's here.
rows, given = states(4, 2, 44), features(4, 54)
mixture = GaussianMixture(2, random_state=1).fit(rows)
write("mixture_without_scores", mixture, 4)
folder.add(
    "mixture_without_scores.onnx",
    ["GaussianMixture full of 2, without score_samples"],
    given,
    mixture.score_samples(given)[:, None],
    distances=distances(mixture, given),
    note="outputs of scikit-learn: the file has only label and probabilities",
)
rows, given = states(7, 2, 46), features(7, 56)
scaler, mixture = StandardScaler(), GaussianMixture(2, covariance_type="tied", random_state=1)
pipeline = make_pipeline(scaler, mixture).fit(rows)
write("mixture_scaled", pipeline, 7, options={GaussianMixture: {"score_samples": True}})
folder.add(
    "mixture_scaled.onnx",
    ["StandardScaler", "GaussianMixture tied of 2"],
    given,
    run("mixture_scaled", given)["score_samples"],
    distances=distances(mixture, scaler.transform(given)),
)

# By lines of NumPy: what skl2onnx has no converter for, and what it is simplest for. The outputs are
# squared Mahalanobis distances, of a mixture those to the nearest component.

for n, seed in ((6, 60), (9, 61)):
    rows, given = states(n, 1, seed), features(n, seed + 10)
    envelope = EllipticEnvelope(contamination=0.01, random_state=1).fit(rows)
    name = f"envelope_{n}"
    np.savez(
        folder.file(name + ".npz"),
        model_mu=envelope.location_,
        model_cov=envelope.covariance_,
        threshold=-envelope.offset_,
    )
    folder.add(
        name + ".npz", [f"EllipticEnvelope of {n} features"], given, envelope.mahalanobis(given)[:, None], "float64"
    )

for k in (1, 3):
    rows, given = states(5, k, 80), features(5, 90 + k)
    mixture = GaussianMixture(k, random_state=1).fit(rows)
    name = f"mixture_arrays_{k}"
    np.savez(folder.file(name + ".npz"), model_mu=mixture.means_, model_cov=mixture.covariances_)
    every = distances(mixture, given)
    folder.add(
        name + ".npz",
        [f"GaussianMixture full of {k}, arrays"],
        given,
        every.min(1, keepdims=True),
        "float64",
        distances=every,
    )

rows, given = states(6, 1, 110), features(6, 111)
forest = IsolationForest(n_estimators=10, max_samples=16, random_state=1).fit(rows)
write("refused_isolation_forest", forest, 6, target_opset={"": 18, "ai.onnx.ml": 3})
folder.add(
    "refused_isolation_forest.onnx",
    ["IsolationForest"],
    given,
    run("refused_isolation_forest", given)["scores"],
    refused="judder has no trees: use EllipticEnvelope, and np.savez its location_ and covariance_",
)

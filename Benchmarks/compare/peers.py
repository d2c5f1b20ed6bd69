"""The peers: how each trains, predicts and gives away its coefficients. Imported in the measured process only.

Every class has `train()`, `predict()` and `solution()`. The first two are timed and do nothing that the
peer's user would do once before: data are loaded and converted in the constructor. `solution()` gives the
rows of the support vectors, the coefficients in LIBSVM's layout and the order of the classes.
"""

import numpy

CACHE_MEGABYTES = 2000


class Unavailable(Exception):
    """The peer cannot do this, here or at all; the text says why."""


def make(name, form, task, train, targets, predicted, settings):
    """The peer `name` with its data as it wants them; `train` and `predicted` are CSR in Double."""
    if name == "libsvm":
        return LIBSVM(task, train, targets, predicted, settings)
    scalar = "f4" if name in ("intelex-f32", "thundersvm") else "f8"
    train, predicted = train.astype(scalar), predicted.astype(scalar)
    if form == "dense":
        train, predicted = train.toarray(), predicted.toarray()
    if name == "thundersvm":
        return ThunderSVM(task, train, targets, predicted, settings)
    return ScikitLearn(name.startswith("intelex"), task, train, targets, predicted, settings)


class LIBSVM:
    """libsvm-official through its own Python module. Rows to predict are converted beforehand, one by one
    calls are what its `svm-predict` makes too."""

    def __init__(self, task, train, targets, predicted, settings):
        from libsvm import svm, svmutil

        self.svm, self.train_function = svm, svmutil.svm_train
        kind = 0 if task == "classification" else 3
        kernel = "-t 0" if settings["kernel"] == "linear" else f"-t 2 -g {settings['gamma']!r}"
        self.parameter = svm.svm_parameter(
            f"-q -s {kind} {kernel} -c {settings['c']} -p {settings['epsilon']} -e {settings['tolerance']}"
            f" -m {CACHE_MEGABYTES}")
        self.task, self.problem = task, svm.svm_problem(targets, train)
        self.nodes = []
        for row in range(predicted.shape[0]):
            part = slice(predicted.indptr[row], predicted.indptr[row + 1])
            nodes = (svm.svm_node * (part.stop - part.start + 1))()
            for place, (column, value) in enumerate(
                    zip((predicted.indices[part] + 1).tolist(), predicted.data[part].tolist())):
                nodes[place].index, nodes[place].value = column, value
            nodes[-1].index = -1
            self.nodes.append(nodes)

    def train(self):
        self.model = self.train_function(self.problem, self.parameter)

    def predict(self):
        predict, model = self.svm.libsvm.svm_predict, self.model
        return numpy.array([predict(model, nodes) for nodes in self.nodes])

    def solution(self):
        coefficients = numpy.array(self.model.get_sv_coef()).T
        order = self.model.get_labels() if self.task == "classification" else None
        return numpy.array(self.model.get_sv_indices()) - 1, coefficients, order


class ScikitLearn:
    """scikit-learn's SVC and SVR, or those of scikit-learn-intelex."""

    def __init__(self, intelex, task, train, targets, predicted, settings):
        if intelex:
            from sklearnex import svm
        else:
            from sklearn import svm
        options = {"kernel": "linear"} if settings["kernel"] == "linear" else {"gamma": settings["gamma"]}
        options |= {"C": settings["c"], "tol": settings["tolerance"], "cache_size": CACHE_MEGABYTES}
        if task == "classification":
            self.model = svm.SVC(**options)
        else:
            self.model = svm.SVR(epsilon=settings["epsilon"], **options)
        self.intelex = intelex
        self.data = train, targets.astype(train.dtype)
        self.predicted = predicted

    def train(self):
        self.model.fit(*self.data)
        if self.intelex and not hasattr(self.model, "_onedal_estimator"):
            raise Unavailable("hands this problem to scikit-learn")

    def predict(self):
        return self.model.predict(self.predicted)

    def solution(self):
        coefficients = self.model.dual_coef_
        if hasattr(coefficients, "toarray"):
            coefficients = coefficients.toarray()
        order = getattr(self.model, "classes_", None)
        return self.model.support_, numpy.atleast_2d(coefficients), order


class ThunderSVM:
    """The wheel thundersvm-cpu, where its library loads."""

    def __init__(self, task, train, targets, predicted, settings):
        try:
            import thundersvm
        except (ImportError, OSError) as error:
            raise Unavailable(str(error).splitlines()[0]) from error
        options = {"C": settings["c"], "tol": settings["tolerance"], "n_jobs": settings["threads"]}
        options |= {"max_mem_size": CACHE_MEGABYTES}
        options |= {"kernel": "linear"} if settings["kernel"] == "linear" else {"gamma": settings["gamma"]}
        if task == "classification":
            self.model = thundersvm.SVC(**options)
        else:
            self.model = thundersvm.SVR(epsilon=settings["epsilon"], **options)
        self.task, self.data, self.predicted = task, (train, targets), predicted

    def train(self):
        self.model.fit(*self.data)

    def predict(self):
        return self.model.predict(self.predicted)

    def solution(self):
        targets = self.data[1]
        _, first = numpy.unique(targets, return_index=True)
        order = targets[numpy.sort(first)] if self.task == "classification" else None
        return self.model.support_, self.model.dual_coef_, order

"""Tables of seeded random numbers, for checks that need trainings of a certain length."""

import random

# Numbers from -2 to 2 in 256 steps, as text: drawing bytes is faster than drawing numbers.
STEPS = ["%.5g" % (step / 64 - 2) for step in range(256)]


def write_classes(path, rows, columns, classes=2, seed=1):
    """CSV whose classes have nothing to do with the features: hard for every classifier."""
    draw = random.Random(seed)
    names = ["c%d" % index for index in range(classes)]
    with open(path, "w") as file:
        file.write(",".join("x%d" % column for column in range(columns)) + ",class\n")
        for _ in range(rows):
            values = map(STEPS.__getitem__, draw.randbytes(columns))
            file.write(",".join(values) + "," + draw.choice(names) + "\n")


def write_signs(path, rows, seed=4):
    """CSV of two classes that a curve tells apart, in four features."""
    draw = random.Random(seed)
    with open(path, "w") as file:
        file.write("x0,x1,x2,x3,class\n")
        for _ in range(rows):
            drawn = draw.randbytes(4)
            a, b, c = (value / 64 - 2 for value in drawn[:3])
            name = "above" if a * b + 0.3 * c > 0 else "below"
            file.write(",".join(map(STEPS.__getitem__, drawn)) + "," + name + "\n")


def write_numbers(path, rows, columns, seed=2):
    """CSV with a target that is half a product of features and half noise."""
    draw = random.Random(seed)
    with open(path, "w") as file:
        file.write(",".join("x%d" % column for column in range(columns)) + ",y\n")
        for _ in range(rows):
            drawn = draw.randbytes(columns)
            signal = (drawn[0] / 64 - 2) * (drawn[1] / 64 - 2)
            target = signal + draw.gauss(0, 1)
            file.write(",".join(map(STEPS.__getitem__, drawn)) + ",%.6g\n" % target)


def write_sparse(path, rows, columns, stored, seed=3):
    """LIBSVM text with so many stored features in each row, and labels of chance."""
    draw = random.Random(seed)
    with open(path, "w") as file:
        for _ in range(rows):
            indices = sorted(set(draw.randrange(columns) for _ in range(stored)))
            values = draw.randbytes(len(indices))
            entries = " ".join("%d:%s" % (i + 1, STEPS[v | 1]) for i, v in zip(indices, values))
            file.write(("+1 " if draw.random() < 0.5 else "-1 ") + entries + "\n")

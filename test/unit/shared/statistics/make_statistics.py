"""Writes statistics.json: what SciPy 1.17 and NumPy say of small samples. Run: python make_statistics.py"""

import json
from pathlib import Path

import numpy as np
from scipy import stats

random = np.random.RandomState(7)


def mcnemar(b, c):
    chi_square = max(0, abs(b - c) - 1) ** 2 / (b + c)
    return {
        "onlyFirst": b,
        "onlySecond": c,
        "exactP": stats.binomtest(b, b + c, 0.5).pvalue,
        "chiSquare": chi_square,
        "chiSquareP": stats.chi2.sf(chi_square, 1),
    }


def wilson(k, n):
    interval = stats.binomtest(k, n).proportion_ci(method="wilson")
    return {"successes": k, "trials": n, "low": interval.low, "high": interval.high}


def bootstrap(n):
    values = np.random.RandomState(n).choice([-1.0, 0.0, 1.0], n, p=[0.15, 0.6, 0.25])
    draws = np.random.RandomState(1)
    # The same 32-bit numbers as the implementation draws, in the same order.
    index = np.frombuffer(draws.bytes(4 * 1000 * n), "<u4").reshape(1000, n) / 2**32 * n
    means = values[index.astype(int)].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    other = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20000, rng=3)
    return {
        "values": values.tolist(),
        "low": low,
        "high": high,
        "scipy": [other.confidence_interval.low, other.confidence_interval.high],
    }


def paired(differences):
    differences = np.array(differences)
    result = stats.ttest_1samp(differences, 0)
    interval = result.confidence_interval()
    kept = differences[differences != 0]
    signed = stats.wilcoxon(kept, method=stats.PermutationMethod(n_resamples=np.inf))
    return {
        "differences": differences.tolist(),
        "t": result.statistic,
        "p": result.pvalue,
        "interval": [interval.low, interval.high],
        "wilcoxon": {"pairs": len(kept), "statistic": signed.statistic, "p": signed.pvalue},
    }


def curves(n, decimals):
    positives = random.random_sample(n) < 0.4
    scores = np.round(1 / (1 + np.exp(-(random.standard_normal(n) + 1.2 * positives))), decimals)
    area = stats.mannwhitneyu(scores[positives], scores[~positives]).statistic
    area /= positives.sum() * (~positives).sum()
    precision, recall, average = [1.0], [0.0], 0.0
    for threshold in np.unique(scores)[::-1]:
        said = scores >= threshold
        precision.append((positives & said).sum() / said.sum())
        recall.append((positives & said).sum() / positives.sum())
        average += (recall[-1] - recall[-2]) * precision[-1]
    bins = np.minimum(9, (scores * 10).astype(int))
    error = sum(
        abs(positives[bins == b].sum() - scores[bins == b].sum()) for b in range(10)
    ) / n
    return {
        "scores": scores.tolist(),
        "positives": positives.tolist(),
        "area": area,
        "averagePrecision": average,
        "calibrationError": error,
        "brier": np.mean((scores - positives) ** 2),
    }


OUT = {
    "mcnemar": [mcnemar(b, c) for b, c in [(1, 0), (5, 5), (3, 12), (40, 21), (410, 512), (0, 60)]],
    "wilson": [wilson(k, n) for k, n in [(0, 10), (10, 10), (7, 12), (430, 500), (21_437, 25_000)]],
    "bootstrap": [bootstrap(n) for n in (60, 150)],
    "paired": [
        paired(d)
        for d in (
            [0.012, 0.034, -0.004, 0.021, 0.018],
            [0.5, -0.25, 0.75],
            [0.01, 0.02, 0.02, -0.01, 0, 0.03, 0.05, -0.04],
            [0.004, 0.006],
        )
    ],
    "curves": [curves(40, 1), curves(200, 6)],
}
Path(__file__).with_name("statistics.json").write_text(json.dumps(OUT, default=float, indent=1) + "\n")

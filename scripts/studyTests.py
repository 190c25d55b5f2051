"""Whether methods, and sources, of a study differ by more than seeds do: Kruskal-Wallis tests for every target.

pip install scipy
python scripts/studyTests.py docs/studies/methods-201/results.json [METHOD to leave out ...]
"""

import json
import sys
from collections import defaultdict

from scipy.stats import kruskal, ttest_1samp


def groups(jobs, key, where=lambda job: True):
    found = defaultdict(list)
    for job in filter(where, jobs):
        found[job[key]].append(job["accuracy"])
    return found


with open(sys.argv[1]) as file:
    results = json.load(file)
for target in dict.fromkeys(job["target"] for job in results["jobs"]):
    jobs = [job for job in results["jobs"] if job["target"] == target and job["method"] not in sys.argv[2:]]
    methods, sources = groups(jobs, "method"), groups(jobs, "source")
    print(f"{target}: methods differ, p = {kruskal(*methods.values()).pvalue:.2g};", end=" ")
    print(f"sources differ, p = {kruskal(*sources.values()).pvalue:.2g}")
    for method in methods:
        within = groups(jobs, "source", lambda job: job["method"] == method)
        line = f"  {method}: its sources differ, p = {kruskal(*within.values()).pvalue:.2g}"
        if method != "random" and "random" in methods:
            line += f"; it and random differ, p = {kruskal(methods[method], methods['random']).pvalue:.2g}"
        for reference in results.get("references", []):
            if reference["name"] == "random-mean" and reference["target"] == target:
                test = ttest_1samp(methods[method], reference["accuracy"])
                line += f"; its mean against {100 * reference['accuracy']:.1f} of all architectures, p = {test.pvalue:.2g}"
        print(line)

"""The published weights, norms, budget rules, vangnet rules and macrobudgets: data and typed loaders."""

package io.doundo.bench.process;

import io.doundo.launcher.process.ClassPath;

/** What the product's processes load from. */
public record ProductClasses(ClassPath orchestrator, ClassPath sdkWorkers) {}

package io.doundo.bench.process;

import io.doundo.launcher.process.ClassPath;

/** The class path of the product's processes. */
public record ProductClasses(ClassPath orchestrator, ClassPath sdkWorkers) {}

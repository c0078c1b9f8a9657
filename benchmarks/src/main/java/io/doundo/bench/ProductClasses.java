package io.doundo.bench;

import io.doundo.launcher.process.ClassPath;

/** What the product's processes load from. */
record ProductClasses(ClassPath orchestrator, ClassPath sdkWorkers) {}

package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

/** The input of each step is a path. */
@SagaWorker("sdk-path3")
class Paths extends ThreeGoodSteps {}

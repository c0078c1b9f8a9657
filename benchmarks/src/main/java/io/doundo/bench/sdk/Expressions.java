package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

/** The input of each step is computed. */
@SagaWorker("sdk-cel3")
class Expressions extends ThreeGoodSteps {}

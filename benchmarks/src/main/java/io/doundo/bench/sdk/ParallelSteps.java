package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

@SagaWorker("sdk-par3")
class ParallelSteps extends ThreeGoodSteps {}

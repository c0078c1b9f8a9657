package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

@SagaWorker("sdk-large3")
class Large extends ThreeGoodSteps {}

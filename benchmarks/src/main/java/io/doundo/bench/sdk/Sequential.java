package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

@SagaWorker("sdk-seq3")
class Sequential extends ThreeGoodSteps {}

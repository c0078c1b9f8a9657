package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

@SagaWorker("sdk-par10")
class FanOut extends TenSteps {}

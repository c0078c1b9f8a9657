package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;

@SagaWorker("sdk-seq10")
class Chain extends TenSteps {}

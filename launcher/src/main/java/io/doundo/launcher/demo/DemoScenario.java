package io.doundo.launcher.demo;

import org.jspecify.annotations.Nullable;

/**
 * One flow of the demo.
 *
 * @param key ends its flowId
 * @param story what is about to happen, for somebody who sees it for the first time
 * @param payload JSON that the flow is started with
 * @param killedAt the step during which the worker process is killed, if one is
 */
record DemoScenario(
    String key,
    String title,
    String story,
    String orchestration,
    String payload,
    @Nullable String killedAt,
    ExpectedFlow expected) {}

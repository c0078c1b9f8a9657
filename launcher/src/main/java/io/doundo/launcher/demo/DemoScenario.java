package io.doundo.launcher.demo;

import org.jspecify.annotations.Nullable;

/**
 * One flow of the demo.
 *
 * @param key ends its flowId
 * @param story what is about to happen, for first-time viewers
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

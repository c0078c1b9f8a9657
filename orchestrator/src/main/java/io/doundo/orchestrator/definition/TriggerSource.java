package io.doundo.orchestrator.definition;

/** Where a trigger gets its occasions from. */
public sealed interface TriggerSource permits Schedule, EventTrigger, WebhookTrigger {}

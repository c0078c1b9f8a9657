/**
 * The {@code doundo} command. The root package is the entry point; beside it are Kafka's own tools
 * ({@code kafka}), the broker of {@code doundo dev} ({@code broker}), child processes ({@code
 * process}), the development installation ({@code dev}) and the commands that speak to a running
 * service ({@code cli}).
 */
@NullMarked
package io.doundo.launcher;

import org.jspecify.annotations.NullMarked;

/** What a command asks for, and what a response or its absence proves. */
@NullMarked
package io.doundo.http.call;

import org.jspecify.annotations.NullMarked;

/** Tests of reports. */
@NullMarked
package io.doundo.bench.report;

import org.jspecify.annotations.NullMarked;

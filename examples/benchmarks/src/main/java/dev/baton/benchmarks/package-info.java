/** What Baton costs, beside its peers in one run. */
@NullMarked
package dev.baton.benchmarks;

import org.jspecify.annotations.NullMarked;

package io.varve.runtime;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * For how long letters of events are kept that are left out for good, see {@link
 * DeadLetter.Kind#SKIPPED}. The oldest are purged; {@link DeadLetterCounts#purged} counts them.
 * Dead and waiting ones are never purged.
 *
 * @param most how many are kept at most, 1 or more; where there would be more, as many are purged
 *     as leave nine tenths
 * @param age how long one is kept at least after its last attempt, a second or more; looked at with
 *     commits, a tenth of that time apart; empty for ever
 */
public record LetterRetention(int most, Optional<Duration> age) {
    /**
     * Refuses what would keep none.
     *
     * @param most see the record
     * @param age see the record
     */
    public LetterRetention {
        Objects.requireNonNull(age, "age");
        if (most < 1) {
            throw new IllegalArgumentException("most is 1 or more: actual=" + most);
        }
        if (age.filter(time -> time.compareTo(Duration.ofSeconds(1)) < 0).isPresent()) {
            throw new IllegalArgumentException("age is a second or more: actual=" + age.get());
        }
    }

    /**
     * The newest 100,000, however old they are.
     *
     * @return the retention
     */
    public static LetterRetention defaults() {
        return new LetterRetention(100_000, Optional.empty());
    }

    /**
     * The same with another number.
     *
     * @param number how many are kept at most
     * @return a new retention
     */
    public LetterRetention withMost(int number) {
        return new LetterRetention(number, age);
    }

    /**
     * The same with an age.
     *
     * @param time how long one is kept at least
     * @return a new retention
     */
    public LetterRetention withAge(Duration time) {
        return new LetterRetention(most, Optional.of(time));
    }
}

package io.varve.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was looked at, and what was wrong. */
final class CrashTally {
    private static final int HOPELESS = 10;

    private final Map<CrashPart.Kind, Integer> images = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();

    void count(CrashPart.Kind kind) {
        images.merge(kind, 1, Integer::sum);
    }

    void violated(String what) {
        violations.add(what);
    }

    /** All of them, each once. */
    int images() {
        return images.values().stream().mapToInt(Integer::intValue).sum();
    }

    List<String> violations() {
        return violations;
    }

    boolean isHopeless() {
        return violations.size() >= HOPELESS;
    }

    @Override
    public String toString() {
        return "images=" + images() + " " + images + " violations=" + violations.size();
    }
}

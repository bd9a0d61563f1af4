package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Topology;
import io.varve.projections.TopologyTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random topologies whose steps are declared in another order: where both say that they mean the
 * same, they have the same rows, and tell the same in the same order.
 */
class DeclarationOrderTest {
    private static final long SEED = Long.getLong("varve.seed", 1);

    @Test
    void shouldDoTheSameWhereTheyMeanTheSame() {
        assertTrue(compare(SEED + 40, 60) >= 10, "few mean the same");
    }

    @Test
    @Tag("long")
    void shouldDoTheSameWhereTheyMeanTheSameInManyCases() {
        compare(SEED + 100, 5_000);
    }

    /** Answers how many were declared in another order, and mean the same. */
    private static int compare(long first, int cases) {
        int same = 0;
        for (long seed = first; seed < first + cases; seed++) {
            Case given = CaseGenerator.unlimited(seed);
            Random random = new Random(seed);
            TopologyTexts texts = texts(VarveSystem.topology(given));
            for (int i = 0; i < 3; i++) {
                List<Integer> order = order(given, random);
                TopologyTexts others = texts(VarveSystem.topology(given, order));
                if (!texts.equals(others) && texts.meansTheSameAs(others)) {
                    same++;
                    String what = "seed=" + seed + " order=" + order + "\n" + given;
                    Outcome expected = VarveSystem.run(given);
                    Outcome found = VarveSystem.run(given, order);
                    assertEquals(expected.stores(), found.stores(), what);
                    assertEquals(expected.outputs(), found.outputs(), what);
                }
            }
        }
        return same;
    }

    private static TopologyTexts texts(Topology topology) {
        return new TopologyTexts(
                topology.describe(),
                topology.describeSerdes(),
                topology.describeStores(),
                topology.describeOperators());
    }

    /** Any in which each step comes behind those that it stands on. */
    private static List<Integer> order(Case given, Random random) {
        List<Integer> order = new ArrayList<>();
        int size = given.steps().size();
        while (order.size() < size) {
            int step = random.nextInt(size);
            if (!order.contains(step) && order.containsAll(given.steps().get(step).from())) {
                order.add(step);
            }
        }
        return order;
    }
}

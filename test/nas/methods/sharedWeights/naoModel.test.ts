import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { spearman } from '../../../../src/nas/math/spearman.js';
import { HostDecoder } from '../../../../src/nas/methods/sharedWeights/nao/hostDecoder.js';
import { NAO_DEFAULTS, NaoModel } from '../../../../src/nas/methods/sharedWeights/nao/model.js';
import { tokenFlags } from '../../../../src/nas/methods/sharedWeights/nao/network.js';
import { Vocabulary } from '../../../../src/nas/methods/sharedWeights/nao/vocabulary.js';
import type { Cell } from '../../../../src/nas/spaces/nasbench201/cell.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { planted } from '../planted.js';
import { space } from '../problems.js';

const SMALL = { embedding: 16, hidden: 32, predictor: [32], epochs: 60, batch: 50, learningRate: 5e-3 };
const { accuracy } = planted(3);
const accuracyOf = (decisions: readonly number[]) => accuracy(space.fromDecisions(decisions) as Cell);
const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

function draw(count: number, purpose: string): number[][] {
  const random = new Random(0, purpose);
  return Array.from({ length: count }, () => [...space.decisions(space.random(random))]);
}

const drawn = draw(200, 'rows');
const rows = drawn.map((decisions) => ({ decisions, accuracy: accuracyOf(decisions) }));

let engine: Engine;
let model: NaoModel;
beforeAll(async () => {
  engine = await openTestEngine();
  model = await NaoModel.create(engine, space, SMALL, 0);
  await model.fit(rows);
});
afterAll(() => {
  model?.dispose();
  closeTestEngine(engine);
});

describe('the model of NAO', () => {
  it('reproduces the sequences it was trained on', async () => {
    const some = drawn.slice(0, 60);
    const decoded = await model.reconstruct(some);
    expect(decoded.filter((decisions, i) => String(decisions) === String(some[i])).length).toBeGreaterThanOrEqual(50);
  });

  it('predicts accuracies of unseen cells in about the right order', async () => {
    const others = draw(150, 'others');
    expect(spearman(await model.predict(others), others.map(accuracyOf))).toBeGreaterThan(0.4);
  });

  it('moves from cells to new ones that are predicted to be better and are better', async () => {
    const middle = [...rows].sort((a, b) => b.accuracy - a.accuracy).slice(80, 120);
    const starts = middle.map(({ decisions }) => decisions);
    const known = new Set(drawn.map(String));
    const improved = await model.improve(starts, 60, (decisions) => known.has(String(decisions)));
    expect(improved.length).toBeGreaterThan(30);
    expect(new Set(improved.map(String)).size).toBe(improved.length);
    expect(improved.filter((decisions) => known.has(String(decisions)))).toEqual([]);
    expect(mean(await model.predict(improved))).toBeGreaterThan(mean(await model.predict(starts)));
    expect(mean(improved.map(accuracyOf))).toBeGreaterThan(mean(starts.map(accuracyOf)));
  });

  it('raises every prediction by a short move along its gradient', async () => {
    const looks = await model.look(drawn.slice(0, 20));
    const program = await engine.compile((graph) => {
      const outputs = graph.feed('outputs', [20 * space.choices.length, SMALL.hidden]);
      graph.output('predictions', model.network.predict(model.network.embed(outputs)));
    });
    const predictions = async (eta: number) => {
      const moved = looks.flatMap(({ outputs, slopes }) =>
        outputs.map((row, t) => Array.from(row, (value, i) => value + eta * slopes[t][i])),
      );
      program.run({ outputs: moved.flat() });
      return [...(await program.read('predictions'))];
    };
    const [before, after] = [await predictions(0), await predictions(0.1)];
    before.forEach((prediction, i) => {
      expect(prediction).toBeCloseTo(looks[i].prediction, 5);
      expect(after[i]).toBeGreaterThan(prediction);
    });
    program.dispose();
  });

  it('decodes on the host what is most probable on the device after the same tokens', async () => {
    const { network } = model;
    const { length, size } = network.vocabulary;
    const [look] = await model.look([drawn[3]]);
    const moved = look.outputs.map((row, t) => row.map((_, i) => row[(i + 7 * t) % row.length]));
    const decoded = (await HostDecoder.read(engine, network)).decode(moved);
    const program = await engine.compile((graph) => {
      const outputs = graph.feed('outputs', [length, SMALL.hidden]);
      const tokens = graph.feed('tokens', [length, size]);
      graph.output('logits', network.decode(tokens, outputs, network.embed(outputs)));
    });
    const tokens = tokenFlags([network.vocabulary.tokens(decoded)], 1, network.vocabulary);
    program.run({ outputs: moved.flatMap((row) => [...row]), tokens });
    const logits = await program.read('logits');
    const likeliest = decoded.map((_, t) => {
      const options = [...logits.slice(t * size, (t + 1) * size)];
      return options.indexOf(Math.max(...options));
    });
    expect(likeliest).toEqual(network.vocabulary.tokens(decoded));
    program.dispose();
  });

  it('shares tokens between choices with equal options and decodes only valid options of a choice', async () => {
    const darts = spaceByName('darts');
    const vocabulary = new Vocabulary(darts.choices);
    expect(new Vocabulary(space.choices).size).toBe(5);
    // 1, 3, 6 and 10 pairs of inputs and 7 operations.
    expect(vocabulary.size).toBe(27);
    const untrained = await NaoModel.create(engine, darts, { ...SMALL, batch: 8 }, 1);
    const random = new Random(2, 'darts');
    const some = Array.from({ length: 8 }, () => darts.decisions(darts.random(random)));
    for (const decisions of await untrained.reconstruct(some))
      expect(darts.decisions(darts.fromDecisions(decisions))).toEqual(decisions);
    untrained.dispose();
  });

  it('continues to the same predictions after save and restore', async () => {
    const options = { ...SMALL, epochs: 2 };
    const some = rows.slice(0, 20);
    const first = await NaoModel.create(engine, space, options, 4);
    await first.fit(some);
    const saved = structuredClone(await first.save());
    await first.fit(rows.slice(0, 30));
    const second = await NaoModel.create(engine, space, options, 4);
    second.restore(saved);
    await second.fit(rows.slice(0, 30));
    expect(await second.save()).toEqual(await first.save());
    first.dispose();
    second.dispose();
  });

  it('has the published sizes as defaults and names invalid rows', async () => {
    const { embedding, hidden, predictor, epochs, tradeOff } = NAO_DEFAULTS;
    expect([embedding, hidden, ...predictor, epochs, tradeOff]).toEqual([48, 96, 200, 200, 200, 1000, 0.8]);
    await expect(model.fit([])).rejects.toThrow(/got no rows/);
    await expect(model.fit([{ decisions: drawn[0], accuracy: Number.NaN }])).rejects.toThrow(/accuracy NaN in row 0/);
    await expect(model.predict([[0, 1, 2]])).rejects.toThrow(/got decisions \[0,1,2\], wanted one below each of/);
  });
});

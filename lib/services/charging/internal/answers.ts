import type { Pool } from 'pg';
import type { AnswerFacts } from '@/lib/services/charging/types';
import { encodeAnswer } from './stored-facts';
import { timed } from './transaction';

/** Live calls are locked in id order, as everywhere; one that has ended meanwhile is left out. */
const WRITE_ANSWERS = {
  name: 'charging.answers',
  text: `
  WITH locked AS (
    SELECT id FROM live_call WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
  )
  UPDATE live_call l
     SET answered_at = a.answered_at, facts = l.facts || a.facts, dialogs = a.dialogs
    FROM locked
    JOIN unnest($1::uuid[], $2::timestamptz[], $3::jsonb[], $4::jsonb[])
         AS a (id, answered_at, facts, dialogs) ON a.id = locked.id
   WHERE l.id = locked.id`,
};

/** Notes the answers of a group of calls. */
export async function writeAnswers(
  pool: Pool,
  answers: readonly AnswerFacts[],
): Promise<readonly undefined[]> {
  await pool.query(
    timed(WRITE_ANSWERS, [
      answers.map((answer) => answer.callId),
      answers.map((answer) => new Date(answer.answeredAtMs)),
      answers.map(encodeAnswer),
      answers.map((answer) => JSON.stringify(answer.dialogs)),
    ]),
  );
  return answers.map(() => undefined);
}

import { z } from 'zod';
import { getMetrics } from '@/lib/services/health/get-metrics';
import { controlClient } from '@/lib/web/control';
import { METRICS_TYPE, metricsText } from '@/lib/web/metrics';
import { route } from '@/lib/web/route';

export const GET = route({
  summary: 'Read the metrics of every process, as Prometheus scrapes them',
  permission: 'switch.read',
  response: z.string(),
})(async ({ context }) => {
  const text = metricsText(await getMetrics(context, controlClient()));
  return new Response(text, { headers: { 'content-type': METRICS_TYPE } });
});

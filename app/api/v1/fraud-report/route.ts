import { getFraudReport } from '@/lib/services/fraud/get-fraud-report';
import { fraudReportQuerySchema, fraudReportSchema } from '@/lib/services/fraud/schemas';
import { route } from '@/lib/web/route';

export const GET = route({
  summary:
    'Sum up what fraud profiles refused and would have refused, and what that would have saved',
  permission: 'fraud.read',
  query: fraudReportQuerySchema,
  response: fraudReportSchema,
})(({ context, input }) => getFraudReport(context, input.query));

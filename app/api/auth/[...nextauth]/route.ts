import { handleAuth } from '@/lib/web/auth';

interface Extra {
  params: Promise<{ nextauth: string[] }>;
}

async function handle(request: Request, { params }: Extra): Promise<Response> {
  return handleAuth(request, (await params).nextauth);
}

export const GET = handle;
export const POST = handle;
